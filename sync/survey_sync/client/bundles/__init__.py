"""Signed bundles of responses, receipts and attachments, carried on USB drives."""
