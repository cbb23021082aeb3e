//! One file per output format. A renderer sees redacted text only.
