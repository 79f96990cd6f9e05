"""The optimizer for training a network: the learning rate rises briefly, then falls to zero."""

import keras


def warm_cosine(learning_rate: float, weight_decay: float, steps: int) -> keras.optimizers.AdamW:
    """Return AdamW whose learning rate rises over a tenth of the steps, then falls to zero.

    Source: Loshchilov and Hutter, SGDR, 2016 (https://arxiv.org/abs/1608.03983), without restarts.

    Args:
        learning_rate: The peak.
        weight_decay: Share by which weights shrink per step, times the learning rate.
        steps: Number of training steps.
    """
    rising = steps // 10
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate / 10, steps - rising, warmup_target=learning_rate, warmup_steps=rising
    )
    return keras.optimizers.AdamW(schedule, weight_decay=weight_decay)
