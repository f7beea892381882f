//! Every failure that no handler answered becomes the error object.

use std::{collections::BTreeSet, sync::PoisonError};

use rocket::{
    Catcher, Request, Route, catch, catchers,
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

/// The methods that this path takes, when it takes others than the one that was used. Where an address is named by words and
/// others of its shape by a number, the named one is what was meant.
fn other_methods(req: &Request<'_>) -> Option<String> {
    let asked = Call::of(req).map(|call| call.method);
    let path = req.uri().path();
    let steps: Vec<&str> = path.as_str().split('/').filter(|it| !it.is_empty()).collect();
    let takes = |route: &Route| route_takes(route.uri.path(), &steps).map(|parameters| (parameters, route.method));
    let taking: Vec<(usize, Method)> = req.rocket().routes().filter_map(takes).collect();
    let fewest = taking.iter().map(|(parameters, _)| *parameters).min();
    let meant = || taking.iter().filter(|(parameters, _)| Some(*parameters) == fewest).map(|(_, method)| *method);
    if meant().any(|method| Some(method) == asked) {
        return None; // The address and its method exist; what it names does not.
    }
    let methods: BTreeSet<&str> = meant().map(|method| method.as_str()).collect();
    (!methods.is_empty()).then(|| Vec::from_iter(methods).join(", "))
}

/// How many steps of this path are the route's parameters; none when it is not the route's.
fn route_takes(route: &str, steps: &[&str]) -> Option<usize> {
    let mut wanted = route.split('/').filter(|it| !it.is_empty());
    let mut steps = steps.iter();
    let mut parameters = 0;
    loop {
        match (wanted.next(), steps.next()) {
            (None, None) => return Some(parameters),
            // A route that takes whatever follows is a page, not an address that a method could be wrong for.
            (Some(step), _) if step.ends_with("..>") => return None,
            (Some(step), Some(_)) if step.starts_with('<') => parameters += 1,
            (Some(step), Some(given)) if step == *given => {}
            _ => return None,
        }
    }
}
