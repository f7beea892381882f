//! What all open postings ask for together.
