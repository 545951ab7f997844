"""A message kept with the words in it, so that it can be said in any language later."""

from app.kernel.canonical import Record
from app.kernel.words import Message


def message_record(message: Message) -> Record:
    return {"text": message.text, "values": {name: _plain(value) for name, value in message.values.items()}}


def _plain(value: object) -> object:
    if isinstance(value, Message):
        return message_record(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, int) else str(value)


def read_message(record: Record) -> Message:
    return Message(record["text"], {name: _read(value) for name, value in record["values"].items()})


def _read(value: object) -> object:
    if isinstance(value, dict):
        return read_message(value)
    return tuple(map(_read, value)) if isinstance(value, list) else value
