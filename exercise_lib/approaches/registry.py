"""The approaches by name."""

from exercise_lib.approaches.as_is import AsIs
from exercise_lib.approaches.feature_extraction import FeatureExtraction
from exercise_lib.approaches.fine_tuning import FineTuning
from exercise_lib.approaches.from_scratch import FromScratch

Approach = AsIs | FromScratch | FeatureExtraction | FineTuning
APPROACHES: dict[str, type[Approach]] = {
    "as_is": AsIs,
    "from_scratch": FromScratch,
    "feature_extraction": FeatureExtraction,
    "fine_tuning": FineTuning,
}
