"""Tracking: link the detections of consecutive frames to tracks of people."""
