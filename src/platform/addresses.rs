//! A room's addresses: mounted and described from one list, so that neither can miss what the other has.

use rocket::Route;
use utoipa::openapi::OpenApi;

use super::{rule::Rules, signature::Told};

/// The addresses of one room.
pub struct Addresses {
    /// The handlers, to be mounted under `/api`.
    pub routes: Vec<Route>,
    /// Makes their description; none in a release, which carries the finished one (see `router::description_text`).
    pub description: Option<fn() -> Description>,
}

/// What a room adds to the description of the API.
pub struct Description {
    /// What the arguments of each handler tell, in the order of the handlers.
    pub told: Vec<Told>,
    /// Paths and schemas.
    pub api: OpenApi,
    /// The rules of the bodies, by the names of their schemas.
    pub bodies: Vec<(String, Rules)>,
}

/// Makes `pub fn addresses() -> Addresses` of the handlers that are named, each with its `#[utoipa::path]`. Behind a `;` may
/// stand the types that describe bodies, each with how it is read: `JobDraft = |body| JobDraft::default().read(body)`.
#[macro_export]
macro_rules! addresses {
    ($($handler:ident),+ $(,)? $(; $($body:ty = $read:expr),+ $(,)?)?) => {
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($handler),+))]
        struct OfThisRoom;

        fn describe() -> $crate::platform::addresses::Description {
            $crate::platform::addresses::Description {
                told: vec![$($crate::platform::signature::told(&$handler)),+],
                api: <OfThisRoom as utoipa::OpenApi>::openapi(),
                bodies: vec![$($((
                    <$body as utoipa::ToSchema>::name().into_owned(),
                    $crate::platform::rule::Rule::of($read),
                )),+)?],
            }
        }

        /// The addresses of this room, mounted and described.
        pub fn addresses() -> $crate::platform::addresses::Addresses {
            $crate::platform::addresses::Addresses {
                routes: rocket::routes![$($handler),+],
                // Whatever is not named is not linked: the code that describes is a tenth of the program.
                description: if cfg!(debug_assertions) { Some(describe) } else { None },
            }
        }
    };
}
