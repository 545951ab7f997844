"""The dossier: who applies, form answers, texts by criteria item, evidence, submission with a receipt, correction."""
