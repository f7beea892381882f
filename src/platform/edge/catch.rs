//! Every failure that no handler answered becomes the error object.

use std::sync::PoisonError;

use rocket::{
    Catcher, Request, catch, catchers,
    http::{Header, Method, Status},
    response::{self, Responder},
};

use super::{Call, answer, request_id};
use crate::platform::{
    app::App,
    error::{Error, Unauthenticated},
};

/// The catcher of the house.
pub fn catchers() -> Vec<Catcher> {
    catchers![failed]
}

#[catch(default)]
fn failed(status: Status, req: &Request<'_>) -> Failed {
    let left = Call::of(req).and_then(|call| call.refusal.lock().unwrap_or_else(PoisonError::into_inner).take());
    Failed(left.unwrap_or_else(|| by_status(status, req)))
}

/// What no handler answered. A request that Rocket cannot read passes by the edge, so the headers come from here.
struct Failed(Error);

impl<'r> Responder<'r, 'static> for Failed {
    fn respond_to(self, req: &'r Request<'_>) -> response::Result<'static> {
        if Call::of(req).is_some() {
            return self.0.respond_to(req);
        }
        let id = request_id(req);
        let mut res = self.0.answer(&id);
        answer::security_headers(None, &App::of(req).config, &mut res);
        res.set_header(Header::new("X-Request-Id", id));
        Ok(res)
    }
}

fn by_status(status: Status, req: &Request<'_>) -> Error {
    match status.code {
        // Rocket reads a method that it does not know as GET, and only that keeps it from reading a request.
        400 if Call::of(req).is_none() => {
            Error::MethodNotAllowed(other_methods(req).unwrap_or_else(|| Method::Get.to_string()))
        }
        400 => Error::BadRequest("The request cannot be read.".into()),
        401 => Error::Unauthenticated(Unauthenticated::Required),
        403 => Error::Forbidden("This is not yours to do."),
        // Rocket forwards with 422 when a part of the path is not what the route takes there: such a thing is not found.
        404 | 422 => match other_methods(req) {
            Some(allow) => Error::MethodNotAllowed(allow),
            None => Error::NotFound("address"),
        },
        413 => Error::TooLarge("The request is larger than this address takes.".into()),
        415 => Error::UnsupportedMediaType("This address does not take that type of content."),
        503 => Error::Unavailable("The server cannot answer right now."),
        _ => Error::Internal(anyhow::anyhow!("no handler answered, status {status}")),
    }
}

/// The methods that this path takes, when it takes others than the one that was used.
fn other_methods(req: &Request<'_>) -> Option<String> {
    let asked = Call::of(req).map(|call| call.method);
    let path = req.uri().path();
    let steps: Vec<&str> = path.as_str().split('/').filter(|it| !it.is_empty()).collect();
    let mut methods: Vec<&str> = vec![];
    for route in req.rocket().routes() {
        if !route_takes(route.uri.path(), &steps) {
            continue;
        }
        if Some(route.method) == asked {
            return None; // The address and its method exist; what it names does not.
        }
        if !methods.contains(&route.method.as_str()) {
            methods.push(route.method.as_str());
        }
    }
    methods.sort_unstable();
    (!methods.is_empty()).then(|| methods.join(", "))
}

fn route_takes(route: &str, steps: &[&str]) -> bool {
    let mut wanted = route.split('/').filter(|it| !it.is_empty());
    let mut steps = steps.iter();
    loop {
        match (wanted.next(), steps.next()) {
            (None, None) => return true,
            // A route that takes whatever follows is a page, not an address that a method could be wrong for.
            (Some(step), _) if step.ends_with("..>") => return false,
            (Some(step), Some(_)) if step.starts_with('<') => {}
            (Some(step), Some(given)) if step == *given => {}
            _ => return false,
        }
    }
}
