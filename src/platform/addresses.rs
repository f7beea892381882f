//! A room's addresses: mounted and described from one list, so that neither can miss what the other has.

use rocket::Route;
use utoipa::openapi::OpenApi;

/// The addresses of one room.
pub struct Addresses {
    /// The handlers, to be mounted under `/api`.
    pub routes: Vec<Route>,
    /// Makes their description, to be merged into that of the whole API.
    pub description: fn() -> OpenApi,
}

/// Makes `pub fn addresses() -> Addresses` of the handlers that are named, each with its `#[utoipa::path]`.
#[macro_export]
macro_rules! addresses {
    ($($handler:ident),+ $(,)?) => {
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($handler),+))]
        struct Description;

        /// The addresses of this room, mounted and described.
        pub fn addresses() -> $crate::platform::addresses::Addresses {
            $crate::platform::addresses::Addresses {
                routes: rocket::routes![$($handler),+],
                description: <Description as utoipa::OpenApi>::openapi,
            }
        }
    };
}
