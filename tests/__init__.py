"""Tests of the workshop."""

import exercise_lib  # noqa: F401  First, so that TensorFlow loads quietly whoever imports Keras.
