//! The trace context of the work in hand (W3C Trace Context), so that every fact names the request that caused it.

use std::fmt;
use std::future::Future;
use std::str::FromStr;

tokio::task_local! {
    static CURRENT: TraceParent;
}

/// A `traceparent`: trace, parent span, flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace all work for one request shares.
    pub trace_id: u128,
    /// The span that caused the work.
    pub span_id: u64,
    /// 1 if the trace is sampled.
    pub flags: u8,
}

/// Why a header is not a trace context.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a W3C traceparent of version 00")]
pub struct ParseTraceParentError;

impl TraceParent {
    /// The first span of a new trace.
    pub fn root() -> Self {
        Self { trace_id: rand::random::<u128>().max(1), span_id: rand::random::<u64>().max(1), flags: 0 }
    }

    /// A new span that this one caused.
    #[must_use]
    pub fn child(self) -> Self {
        Self { span_id: rand::random::<u64>().max(1), ..self }
    }

    /// The trace, as the field `trace.id` of a log line and of an exported span.
    pub fn trace(&self) -> String {
        format!("{:032x}", self.trace_id)
    }

    /// The span, as the fields `span.id` and `parent.id`. A span with `trace.id` and `span.id` is exported.
    pub fn span(&self) -> String {
        format!("{:016x}", self.span_id)
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, self.flags)
    }
}

impl FromStr for TraceParent {
    type Err = ParseTraceParentError;
    fn from_str(text: &str) -> Result<Self, ParseTraceParentError> {
        let mut parts = text.split('-');
        let mut next = |length: usize| {
            parts.next().filter(|p| p.len() == length && p.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
        };
        let parsed = (|| {
            next(2).filter(|version| *version == "00")?;
            let trace_id = u128::from_str_radix(next(32)?, 16).ok()?;
            let span_id = u64::from_str_radix(next(16)?, 16).ok()?;
            let flags = u8::from_str_radix(next(2)?, 16).ok()?;
            (trace_id != 0 && span_id != 0).then_some(Self { trace_id, span_id, flags })
        })();
        match parsed {
            Some(context) if parts.next().is_none() => Ok(context),
            _ => Err(ParseTraceParentError),
        }
    }
}

/// Runs `work` as caused by `context`.
pub async fn scope<F: Future>(context: TraceParent, work: F) -> F::Output {
    CURRENT.scope(context, work).await
}

/// The context of the work in hand, if it has one.
pub fn current() -> Option<TraceParent> {
    CURRENT.try_with(|context| *context).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_round_trip_and_bad_ones_are_refused() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(text.parse::<TraceParent>().map(|c| c.to_string()), Ok(text.to_owned()));
        for bad in [
            "",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            assert!(bad.parse::<TraceParent>().is_err(), "{bad}");
        }
    }
}
