"""Bodies that are text as they stand: files that are uploaded, rules."""

import schemathesis


@schemathesis.serializer(
    "application/toml",
    "text/csv",
    "application/x-ndjson",
    "application/xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
def text(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
