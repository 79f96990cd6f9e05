"""Pretrained models by name: their weights, their structure, and what is saved of them."""
