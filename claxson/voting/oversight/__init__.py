"""Keeping the vote honest, and on record: quarantine, detectors, recounts, question versions, verdicts."""
