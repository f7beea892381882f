//! Mails about the account itself. Nobody can turn them off, as they tell of what a thief would keep quiet.

use super::{Letter, Reader};
use crate::{platform::clock::Timestamp, users::FactorChange};

/// Why the reader gets a mail about their account.
fn reason(reader: &Reader<'_>) -> String {
    reader.choose(
        "You get this mail because it concerns the safety of your account.",
        "Ви отримали цей лист, бо він стосується безпеки вашого облікового запису.",
    )
}

fn greeting(reader: &Reader<'_>) -> String {
    let name = reader.name;
    reader.choose(format!("Hello {name},"), format!("{name}, вітаємо."))
}

/// A letter of a heading, some paragraphs after the greeting, and a button.
fn letter(reader: &Reader<'_>, heading: String, text: Vec<String>, button: (String, String)) -> Letter {
    let mut paragraphs = vec![greeting(reader)];
    paragraphs.extend(text);
    Letter { subject: heading.clone(), heading, paragraphs, sections: vec![], button, reason: reason(reader) }
}

/// What to do when it was somebody else.
fn not_you(reader: &Reader<'_>) -> String {
    reader.choose(
        "If this was not you, set a new password now: that ends every sign-in.",
        "Якщо це були не ви, одразу встановіть новий пароль: це завершить усі сеанси.",
    )
}

fn new_password(reader: &Reader<'_>) -> (String, String) {
    (reader.choose("Set a new password", "Встановити новий пароль"), format!("{}/reset-password", reader.base))
}

fn utc(at: Timestamp) -> String {
    at.datetime().format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A link that proves the address.
pub fn verify_email(reader: &Reader<'_>, secret: &str) -> Letter {
    let heading = reader.choose("Confirm your address", "Підтвердьте свою адресу");
    let text = reader.choose(
        "please confirm that this address is yours. The link works once, for 24 hours.",
        "підтвердьте, будь ласка, що ця адреса ваша. Посилання діє один раз, упродовж 24 годин.",
    );
    let words = reader.choose("Confirm this address", "Підтвердити адресу");
    letter(reader, heading, vec![text], (words, format!("{}/verify/{secret}", reader.base)))
}

/// A link that makes the reader's address that of an account.
pub fn email_changed(reader: &Reader<'_>, secret: &str) -> Letter {
    let heading = reader.choose("Confirm your new address", "Підтвердьте нову адресу");
    let text = reader.choose(
        "this address is to be that of your account. It takes effect when you confirm it; the link works once, for 24 hours.",
        "ця адреса має стати адресою вашого облікового запису. Зміна набуде чинності після підтвердження; посилання діє один раз, упродовж 24 годин.",
    );
    let words = reader.choose("Confirm this address", "Підтвердити адресу");
    letter(reader, heading, vec![text], (words, format!("{}/verify/{secret}", reader.base)))
}

/// Tells the old address that another one is to take its place.
pub fn email_change_asked(reader: &Reader<'_>, wanted: &str) -> Letter {
    let heading = reader.choose("Your address is about to change", "Вашу адресу буде змінено");
    let text = reader.choose(
        format!("{wanted} is to be the address of your account. It takes effect when it is confirmed from there."),
        format!(
            "адресою вашого облікового запису має стати {wanted}. Зміна набуде чинності після підтвердження звідти."
        ),
    );
    letter(reader, heading, vec![text, not_you(reader)], new_password(reader))
}

/// Tells the old address that an admin gave the account another one.
pub fn email_replaced(reader: &Reader<'_>) -> Letter {
    let heading = reader.choose("Your address was changed", "Вашу адресу змінено");
    let text = reader.choose(
        "an admin of this instance gave your account another address. This one gets no more mail about it and no longer signs in to it. If you think this is a mistake, ask whoever runs this instance.",
        "адміністратор змінив адресу вашого облікового запису. На цю більше нічого не надходитиме, і з нею вже не ввійти. Якщо це помилка, зверніться до тих, хто керує цим сайтом.",
    );
    let words = reader.choose("Open careerd", "Відкрити careerd");
    letter(reader, heading, vec![text], (words, format!("{}/", reader.base)))
}

/// A link for a new password.
pub fn password_reset(reader: &Reader<'_>, secret: &str) -> Letter {
    let heading = reader.choose("Set a new password", "Встановіть новий пароль");
    let text = vec![
        reader.choose(
            "somebody asked for a new password of your account. The link works once, for 24 hours; a newer one ends it.",
            "хтось попросив новий пароль до вашого облікового запису. Посилання діє один раз, упродовж 24 годин; новіше скасовує його.",
        ),
        reader.choose(
            "If this was not you, there is nothing to do: your password stays as it is.",
            "Якщо це були не ви, нічого робити не треба: пароль залишиться тим самим.",
        ),
    ];
    let (words, page) = new_password(reader);
    letter(reader, heading, text, (words, format!("{page}/{secret}")))
}

/// Tells that the password was changed.
pub fn password_changed(reader: &Reader<'_>) -> Letter {
    let heading = reader.choose("Your password was changed", "Ваш пароль змінено");
    let text = reader.choose(
        "the password of your account was changed, and every other sign-in was ended.",
        "пароль вашого облікового запису змінено, усі інші сеанси завершено.",
    );
    letter(reader, heading, vec![text, not_you(reader)], new_password(reader))
}

/// Tells of a sign-in from where, or with what, there was none in a long time.
pub fn new_sign_in(reader: &Reader<'_>, (ip, agent, at): &(String, String, Timestamp)) -> Letter {
    let heading = reader.choose("A new sign-in", "Новий вхід");
    let unknown = reader.choose("an unknown program", "невідомої програми");
    let agent = if agent.is_empty() { &unknown } else { agent };
    let at = utc(*at);
    let text = reader.choose(
        format!("somebody signed in to your account from {ip} with {agent}, at {at}."),
        format!("хтось увійшов до вашого облікового запису з {ip} за допомогою {agent}, {at}."),
    );
    letter(reader, heading, vec![text, not_you(reader)], new_password(reader))
}

/// Tells that a spent refresh token came back and its sign-in was ended.
pub fn token_reuse(reader: &Reader<'_>) -> Letter {
    let heading = reader.choose("One of your sign-ins was ended", "Один із ваших сеансів завершено");
    let text = reader.choose(
        "a key of one of your sign-ins was used a second time, as happens when it was copied. That sign-in was ended.",
        "ключ одного з ваших сеансів використано вдруге, як буває, коли його скопійовано. Цей сеанс завершено.",
    );
    letter(reader, heading, vec![text, not_you(reader)], new_password(reader))
}

/// Tells that the second factor was set, removed or renewed.
pub fn second_factor_changed(reader: &Reader<'_>, change: FactorChange) -> Letter {
    let (heading, text) = match change {
        FactorChange::On => (
            reader.choose("A second factor was set", "Увімкнено другий чинник"),
            reader.choose(
                "signing in to your account now needs a one-time code. Keep the recovery codes in a safe place.",
                "для входу до вашого облікового запису тепер потрібен одноразовий код. Зберігайте коди відновлення в надійному місці.",
            ),
        ),
        FactorChange::Off => (
            reader.choose("Your second factor was removed", "Другий чинник вимкнено"),
            reader.choose(
                "signing in to your account needs the password alone from now on.",
                "для входу до вашого облікового запису відтепер достатньо пароля.",
            ),
        ),
        FactorChange::Codes => (
            reader.choose("You have new recovery codes", "Створено нові коди відновлення"),
            reader.choose(
                "new recovery codes of your account were made; the old ones work no longer.",
                "для вашого облікового запису створено нові коди відновлення; старі більше не діють.",
            ),
        ),
    };
    letter(reader, heading, vec![text, not_you(reader)], new_password(reader))
}

/// Tells that an admin took the account out of use.
pub fn account_deactivated(reader: &Reader<'_>) -> Letter {
    let heading = reader.choose("Your account was deactivated", "Ваш обліковий запис вимкнено");
    let text = reader.choose(
        "an admin of this instance took your account out of use, and every sign-in was ended. Nothing was deleted. If you think this is a mistake, ask whoever runs this instance.",
        "адміністратор вимкнув ваш обліковий запис, усі сеанси завершено. Нічого не видалено. Якщо це помилка, зверніться до тих, хто керує цим сайтом.",
    );
    let words = reader.choose("Open careerd", "Відкрити careerd");
    letter(reader, heading, vec![text], (words, format!("{}/", reader.base)))
}

/// Tells that the account ends, with a link that keeps it.
pub fn account_deletion(reader: &Reader<'_>, secret: &str, erase_at: Timestamp) -> Letter {
    let heading = reader.choose("Your account ends", "Ваш обліковий запис буде видалено");
    let at = utc(erase_at);
    let text = reader.choose(
        format!("your account is out of use and will be erased at {at}. Until then this link restores it."),
        format!(
            "ваш обліковий запис вимкнено й буде стерто {at}. До того часу його можна відновити за цим посиланням."
        ),
    );
    let words = reader.choose("Restore my account", "Відновити обліковий запис");
    letter(reader, heading, vec![text], (words, format!("{}/restore/{secret}", reader.base)))
}

/// Tells that the account was erased.
pub fn account_erased(reader: &Reader<'_>) -> Letter {
    let heading = reader.choose("Your account was erased", "Ваш обліковий запис стерто");
    let text = reader.choose(
        "what was kept about you is gone, as you asked. This is the last mail.",
        "дані про вас видалено, як ви просили. Це останній лист.",
    );
    let words = reader.choose("Open careerd", "Відкрити careerd");
    letter(reader, heading, vec![text], (words, format!("{}/", reader.base)))
}

/// Tells that the archive of somebody's data can be downloaded until this moment.
pub fn export_ready(reader: &Reader<'_>, until: Timestamp) -> Letter {
    let heading = reader.choose("Your data is ready", "Ваші дані готові");
    let at = utc(until);
    let text = reader.choose(
        format!("the archive of everything that is kept about you is ready. You can download it until {at}; sign in first."),
        format!("архів усього, що про вас зберігається, готовий. Його можна завантажити до {at}, увійшовши в обліковий запис."),
    );
    let words = reader.choose("Download my data", "Завантажити мої дані");
    letter(reader, heading, vec![text], (words, format!("{}/settings", reader.base)))
}
