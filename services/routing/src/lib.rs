//! Partners and rule sets: who must know, what share, and why; and who not, and why.
