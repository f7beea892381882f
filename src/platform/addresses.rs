//! A room's addresses: mounted and described from one list, so that neither can miss what the other has.

use rocket::Route;
use utoipa::openapi::OpenApi;

use super::{rule::Rules, signature::Told};

/// The addresses of one room.
pub struct Addresses {
    /// The handlers, to be mounted under `/api`.
    pub routes: Vec<Route>,
    /// What the arguments of each handler tell, in the same order.
    pub told: Vec<Told>,
    /// Makes their description, to be merged into that of the whole API.
    pub description: fn() -> OpenApi,
    /// Makes the rules of the bodies, by the names of their schemas.
    pub bodies: fn() -> Vec<(String, Rules)>,
}

/// Makes `pub fn addresses() -> Addresses` of the handlers that are named, each with its `#[utoipa::path]`. Behind a `;` may
/// stand the types that describe bodies, each with how it is read: `JobDraft = |body| JobDraft::default().read(body)`.
#[macro_export]
macro_rules! addresses {
    ($($handler:ident),+ $(,)? $(; $($body:ty = $read:expr),+ $(,)?)?) => {
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($handler),+))]
        struct Description;

        /// The addresses of this room, mounted and described.
        pub fn addresses() -> $crate::platform::addresses::Addresses {
            $crate::platform::addresses::Addresses {
                routes: rocket::routes![$($handler),+],
                told: vec![$($crate::platform::signature::told(&$handler)),+],
                description: <Description as utoipa::OpenApi>::openapi,
                bodies: || vec![$($((
                    <$body as utoipa::ToSchema>::name().into_owned(),
                    $crate::platform::rule::Rule::of($read),
                )),+)?],
            }
        }
    };
}
