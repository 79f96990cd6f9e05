"""Pretrained models by name: their weights, their structure, and how they are saved."""
