// Somebody's page: who they are, what they can, what they earned.

import { html, keyed } from "../core/view.js";
import { get, maybe, post } from "../core/api.js";
import { session } from "../core/session.js";
import { day, nameOf, number } from "../core/format.js";
import { t, word } from "../core/texts.js";
import { medal } from "../parts/medal.js";
import { icon } from "../parts/icons.js";
import { avatar, empty, head, trying } from "../parts/pieces.js";
import { connectButton } from "../parts/connect.js";

const LINKS = [["website", "website"], ["github_url", "GitHub"], ["linkedin_url", "LinkedIn"], ["twitter_url", "Twitter"], ["telegram_url", "Telegram"]];

export default async (page) => {
  const id = page.params.id === "me" ? session.user.id : Number(page.params.id);
  const own = session.user?.id === id;
  const [user, skills, stats] = await Promise.all([get(`/users/${id}/`), get(`/users/${id}/skills/`, { page_size: 100 }), session.user ? maybe(`/users/${id}/stats/`) : null]);
  const endorse = (it) => trying(() => post(`/user-skills/${it.id}/endorse/`), { done: t("people.endorsed", { skill: it.skill.name }) });
  const connect = session.user && !own ? connectButton(page, id) : null;
  return () => html`<div class="stack wide"><div class="row top profile">${avatar(user, "big")}<div class="grow">${head(page, nameOf(user), { lead: user.title,
      actions: own ? html`<a class="button" href="/settings">${t("people.edit")}</a><a class="button" href="/skills">${t("skills.title")}</a><a class="button" href="/figures">${t("figures.tab")}</a>` : connect?.() })}
      <div class="meta"><span>@${user.username}</span>${user.location ? html`<span>${icon("place", true)} ${user.location}</span>` : null}${user.is_mentor ? html`<span>${icon("mentors", true)} ${t("people.mentor")}</span>` : null}<span>${t("people.since", { day: day(user.created_at) })}</span>
        ${LINKS.filter(([key]) => user[key]).map(([key, label]) => html`<a href=${user[key]} target="_blank" rel="noopener noreferrer nofollow ugc">${label === "website" ? t("people.website") : label}</a>`)}</div></div></div>
    <div class="split"><div class="stack wide">
      ${user.bio ? html`<p class="prose">${user.bio}</p>` : own ? empty(t("people.no-bio"), html`<a class="button" href="/settings">${t("people.edit")}</a>`) : null}
      ${user.career_goal ? html`<section class="stack tight"><h2>${t("people.goal")}</h2><p>${user.career_goal}</p></section>` : null}
      <section class="stack"><h2>${t("skills.title")}</h2>${skills.results.length ? html`<ul class="plainlist lines card flush skill-rows">${skills.results.map((it) => keyed(it.id, html`<li class="row between nowrap"><div class="grow">
        <a class="quiet" href=${`/skills/${it.skill.id}`}>${it.skill.name}</a><span class="small soft">${word("level", it.proficiency_level)}${it.years_of_experience ? ` · ${t("skills.years", { n: it.years_of_experience, y: number(it.years_of_experience) })}` : ""}</span>
        ${it.endorsements_count ? html`<span class="small gold-ink">${t("skills.endorsed", { n: it.endorsements_count })}</span>` : null}</div>${session.user && !own ? html`<button class="button little" aria-label=${t("skills.endorse-what", { skill: it.skill.name })} @click=${() => endorse(it)}>${t("skills.endorse")}</button>` : null}</li>`))}</ul>`
        : own ? empty(t("skills.none"), html`<a class="button main" href="/skills">${t("skills.add")}</a>`) : html`<p class="soft">${t("skills.none-other")}</p>`}</section></div>
      <aside class="stack" aria-label=${t("people.figures")}>
        ${stats ? html`<section class="card figures">${[["points", stats.total_points], ["rank", stats.rank], ["achievements", stats.total_achievements], ["courses", stats.courses_completed], ["projects", stats.projects_completed], ["posts", stats.community_posts]].map(([key, n]) => html`<div><p class="figure">${n}</p><p class="small soft">${t(`figure.${key}`)}</p></div>`)}</section>` : null}
        <section class="card stack"><h2>${t("achievements.newest")}</h2>${user.achievements?.length ? html`<ul class="plainlist stack tight">${user.achievements.map((it) => html`<li>${medal(it.achievement ?? it)}</li>`)}</ul>` : html`<p class="soft small">${t("achievements.none-yet")}</p>`}</section></aside></div></div>`;
};
