"""Helpers of the transfer-learning workshop: paths, photos, models, checks, figures.

The notebooks write the Keras calls themselves; what they would otherwise hide
in boilerplate lies here. `import exercise_lib` is quick: TensorFlow is loaded
when it is first needed, and then without its start-up messages.
"""

import os

from exercise_lib import paths, quiet_tensorflow

if os.environ.get("KERAS_HOME"):
    # Keras would read a relative folder from the notebook's folder, not from yours.
    os.environ["KERAS_HOME"] = str(paths.keras_home())
quiet_tensorflow.install()
