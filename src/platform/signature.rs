//! What the arguments of a handler say of its address: who may call it, and what its query may carry. The description of the
//! API asks the types of the guards, so that it cannot say anything else than what they do.

use rocket::{
    Shutdown, State,
    http::{CookieJar, uri::Origin},
};

use super::{
    app::App,
    body::Body,
    edge::{Call, IfMatch},
    id::Id,
    list::{Filter, Listing, Query, Whole},
    once::Once,
    rule::{Rule, Rules},
    upload::{Form, Upload},
};

/// How a caller has to prove who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Not at all; a token that comes along must be good.
    #[default]
    Free,
    /// By an access token or a personal API token.
    SignedIn,
    /// By an access token, of an account with this role if one is named.
    InPerson(Option<&'static str>),
    /// By the cookie of a browser's sign-in.
    Cookie,
    /// By a token, or by a ticket in the query.
    Ticket,
    /// By the token of the settings, where one is set.
    Monitor,
}

/// What the arguments of one handler told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Who may call.
    pub access: Access,
    /// What the query may carry.
    pub query: Rules,
    /// Whether the answer is a part of a list, or has one.
    pub lists: bool,
    /// Whether there is a body.
    pub takes_body: bool,
    /// Whether the caller may name the version to change.
    pub takes_version: bool,
    /// Whether a repeat is known by its key.
    pub takes_key: bool,
}

/// The type of an argument of handlers.
pub trait Argument {
    /// Tells what it means for the address; most mean nothing.
    fn tell(_: &mut Told) {}
}

/// A handler, with the types of its arguments.
pub trait Signature<Arguments> {
    /// What the arguments tell.
    fn told(&self) -> Told;
}

/// What this handler's arguments tell.
pub fn told<Arguments>(handler: &impl Signature<Arguments>) -> Told {
    handler.told()
}

macro_rules! signatures {
    ($(($($argument:ident)*))*) => {$(
        impl<F, R, $($argument: Argument),*> Signature<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> R,
        {
            fn told(&self) -> Told {
                #[allow(unused_mut)]
                let mut told = Told::default();
                $($argument::tell(&mut told);)*
                told
            }
        }
    )*};
}

signatures![() (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E G) (A B C D E G H) (A B C D E G H I)];

impl Argument for &App {}
impl Argument for &Call {}
impl Argument for &str {}
impl Argument for &Origin<'_> {}
impl Argument for &CookieJar<'_> {}
impl<T: Send + Sync + 'static> Argument for &State<T> {}
impl Argument for Shutdown {}
impl<T> Argument for Id<T> {}

impl Argument for Body {
    fn tell(told: &mut Told) {
        told.takes_body = true;
    }
}

impl<F: Form> Argument for Upload<F> {
    fn tell(told: &mut Told) {
        told.takes_body = true;
    }
}

impl Argument for Once {
    fn tell(told: &mut Told) {
        told.takes_key = true;
    }
}

impl Argument for IfMatch {
    fn tell(told: &mut Told) {
        told.takes_version = true;
    }
}

impl<F: Filter> Argument for Query<F> {
    fn tell(told: &mut Told) {
        told.query.extend(Rule::of(F::read));
    }
}

impl<F: Filter> Argument for Listing<F> {
    fn tell(told: &mut Told) {
        told.lists = true;
        told.query.extend(Rule::of(Listing::<F>::read_query));
    }
}

impl<F: Filter> Argument for Whole<F> {
    fn tell(told: &mut Told) {
        told.query.extend(Rule::of(Listing::<F>::read_query));
    }
}
