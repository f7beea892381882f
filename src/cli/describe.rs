//! What the program says of itself: addresses and their description.

use std::io::Write;

use crate::router;

/// Prints every address as `METHOD /api/jobs/{id}/`.
pub(super) fn routes(out: &mut dyn Write) -> anyhow::Result<()> {
    for line in router::address_list() {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Prints the OpenAPI description.
pub(super) fn openapi(out: &mut dyn Write) -> anyhow::Result<()> {
    Ok(out.write_all(router::description_text()?.as_bytes())?)
}
