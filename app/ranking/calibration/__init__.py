"""The advisory layer: how far experts differ in severity, and what the scores would be with that taken off. Pure.

It never changes an official number. Sources: Henderson, Estimation of variance and covariance components, Biometrics 9 (1953);
Patterson and Thompson, Recovery of inter-block information when block sizes are unequal, Biometrika 58 (1971).
"""

from app.ranking.calibration.data import Calibration, Refusal, Review, Severity
from app.ranking.calibration.fit import calibrate

__all__ = ["Calibration", "Refusal", "Review", "Severity", "calibrate"]
