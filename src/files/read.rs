//! Reading: every input once, into memory, bounded.
