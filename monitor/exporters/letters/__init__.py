"""案件线索移送函, 告知函, 协查告知函, with their evidence packs, and the form that comes back."""
