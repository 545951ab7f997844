"""Who may what after the result: reports to the applicants, and what is erased by rule."""

from app.kernel.permission import Rule, state_in, system
from app.policy.facts import drafter, editor, my_dossier, office, proposer, watching

AFTERWARDS: dict[str, Rule] = {
    "feedback_report.list": watching,
    "feedback_report.draft": office,
    "feedback_report.watch": watching,
    "feedback_report.receive": my_dossier & state_in("released"),
    "feedback_report.read": watching | (my_dossier & state_in("released")),
    "feedback_report.edit": office & ~drafter & state_in("drafted"),
    "feedback_report.hand_over": office & ~drafter,
    "feedback_report.send_back": office & ~editor,
    "feedback_report.approve": office & ~editor,
    "feedback_report.release": office,
    "feedback_report.typeset": system,
    # what is erased by rule
    "retention_act.list": watching,
    "retention_act.read": watching,
    "retention_act.propose": office,
    "retention_act.confirm": office & ~proposer,
    "retention_act.refuse": office & ~proposer,
    "retention_act.carry_out": system,
    "retention_act.stop": system,
}
