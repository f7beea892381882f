//! Which mails there are.

use crate::{notifications::Kind, platform::id::Id, text_enum};

text_enum! {
    /// A mail that careerd writes.
    pub enum Template {
        Welcome = "welcome",
        Achievement = "achievement",
        CourseEnrollment = "course_enrollment",
        Mention = "mention",
        Like = "like",
        Comment = "comment",
        Application = "application",
        Connection = "connection",
        System = "system",
        JobMatch = "job_match",
        DailyDigest = "daily_digest",
        WeeklyReport = "weekly_report",
        MentorRequest = "mentor_request",
        SessionScheduled = "session_scheduled",
        SessionChanged = "session_changed",
        SessionReminder = "session_reminder",
        VerifyEmail = "verify_email",
        EmailChanged = "email_changed",
        EmailChangeAsked = "email_change_asked",
        EmailReplaced = "email_replaced",
        PasswordReset = "password_reset",
        PasswordChanged = "password_changed",
        NewSignIn = "new_sign_in",
        TokenReuse = "token_reuse",
        SecondFactorChanged = "second_factor_changed",
        AccountDeactivated = "account_deactivated",
        AccountDeletion = "account_deletion",
        AccountErased = "account_erased",
        ExportReady = "export_ready",
    }
}

/// What ends a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foot {
    /// The choice of this kind.
    Kind(Kind),
    /// The choice of the digest and the weekly report.
    Regular,
}

impl Template {
    /// What the link at its foot ends, and what it is not sent without; none for mail about the safety of an account, which
    /// nobody can turn off.
    pub fn foot(self) -> Option<Foot> {
        Some(match self {
            Template::Welcome | Template::DailyDigest | Template::WeeklyReport => Foot::Regular,
            Template::JobMatch => Foot::Kind(Kind::JobMatch),
            Template::Achievement => Foot::Kind(Kind::Achievement),
            Template::CourseEnrollment => Foot::Kind(Kind::Course),
            Template::Mention => Foot::Kind(Kind::Mention),
            Template::Like => Foot::Kind(Kind::Like),
            Template::Comment => Foot::Kind(Kind::Comment),
            Template::Application => Foot::Kind(Kind::Application),
            Template::Connection => Foot::Kind(Kind::Connection),
            Template::System => Foot::Kind(Kind::System),
            Template::MentorRequest => Foot::Kind(Kind::MentorRequest),
            Template::SessionScheduled | Template::SessionChanged | Template::SessionReminder => {
                Foot::Kind(Kind::Session)
            }
            Template::VerifyEmail
            | Template::EmailChanged
            | Template::EmailChangeAsked
            | Template::EmailReplaced
            | Template::PasswordReset
            | Template::PasswordChanged
            | Template::NewSignIn
            | Template::TokenReuse
            | Template::SecondFactorChanged
            | Template::AccountDeactivated
            | Template::AccountDeletion
            | Template::AccountErased
            | Template::ExportReady => return None,
        })
    }

    /// The mail that is a notification of this kind; none when that kind has a mail of its own.
    pub fn of_notification(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Mention => Some(Template::Mention),
            Kind::Like => Some(Template::Like),
            Kind::Comment => Some(Template::Comment),
            Kind::Application => Some(Template::Application),
            Kind::Connection => Some(Template::Connection),
            Kind::System => Some(Template::System),
            Kind::Achievement | Kind::JobMatch | Kind::MentorRequest | Kind::Session | Kind::Course => None,
        }
    }
}

/// The record of a mail.
pub struct OutgoingMail;

/// A mail that was written and waits for the mail server's yes.
pub struct Written {
    /// Its record.
    pub id: Id<OutgoingMail>,
    /// The mail.
    pub message: crate::platform::mailer::Message,
}
