"""Who may: one table, action → rule. Deny by default; an unknown action is an error of the program, never a "no".

Rules are joined facts (kernel/permission.py). A refusal names the part that failed, so that a page can say why not. A conflict of interest outranks every role: it is and-ed last.
Subjects are read by attribute (`owner_id`, `body_id`, `expert_id`, `edition_id`, `state`), so this table knows no stage.
"""

from typing import Any

from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden
from app.kernel.permission import Rule, anyone, role, signed_in, state_in, system
from app.kernel.words import N_, Message

owner = Rule(
    "owner",
    Message(N_("只有申报者本人可以办理。")),
    lambda actor, subject: actor.user_id is not None and subject.owner_id == actor.user_id,
)
own_account = Rule(
    "own_account",
    Message(N_("这不是您的登录记录。")),
    lambda actor, subject: actor.user_id is not None and subject.user_id == actor.user_id,
)
oneself = Rule(
    "oneself",
    Message(N_("不能给自己授权。请由另一位系统运维员办理。")),
    lambda actor, subject: actor.user_id is not None and subject.id == actor.user_id,
)
own_body = Rule(
    "own_body",
    Message(N_("该申报不属于您所在的推荐单位。")),
    lambda actor, subject: actor.body_id is not None and subject.body_id == actor.body_id,
)
own_expert = Rule(
    "own_expert",
    Message(N_("这项评审任务不属于您。")),
    lambda actor, subject: actor.expert_id is not None and subject.expert_id == actor.expert_id,
)
own_profile = Rule(
    "own_profile",
    Message(N_("这不是您自己的专家资料。")),
    lambda actor, subject: actor.expert_id is not None and subject.id == actor.expert_id,
)
invited = Rule(
    "invited",
    Message(N_("这份邀请不是发给您的。")),
    lambda actor, subject: actor.expert_id is not None and subject.expert_id == actor.expert_id,
)
own_edition = Rule(
    "own_edition",
    Message(N_("您不是本届评审委员会委员。")),
    lambda actor, subject: subject.edition_id in actor.editions,
)
proposer = Rule(
    "proposer",
    Message(N_("须由提出人以外的另一人确认。")),
    lambda actor, subject: actor.user_id is not None and subject.proposed_by == actor.user_id,
)
published = Rule(
    "published",
    Message(N_("尚未公布。")),
    lambda _actor, subject: subject.state in ("published", "ended"),
)

on_panel = Rule(
    "on_panel",
    Message(N_("您不在这个专家组，或者您自己的评分表还没有提交。")),
    lambda actor, subject: actor.expert_id is not None and actor.expert_id in subject.panel,
)
leads_panel = Rule(
    "leads_panel",
    Message(N_("这一步由组长办理。")),
    lambda actor, subject: actor.expert_id is not None and actor.expert_id == subject.led_by,
)

of_another = Rule(
    "of_another",
    Message(N_("自己的评分表不能由自己退回。请联系秘书处。")),
    lambda actor, subject: actor.expert_id != subject.expert_id,
)
all_in = Rule(
    "all_in",
    Message(N_("这份申报的独立评分还没有全部提交，提交齐了才能查看。")),
    lambda _actor, subject: not subject.awaited,
)
on_team = Rule(
    "on_team",
    Message(N_("您不在这个评审组。")),
    lambda actor, subject: actor.expert_id is not None and actor.expert_id in subject.panel,
)

chairs = Rule(
    "chairs",
    Message(N_("这一步由主持答辩的组长办理。")),
    lambda actor, subject: actor.expert_id is not None and actor.expert_id in subject.chairs,
)

applicant, recommender, office = role(Role.APPLICANT), role(Role.RECOMMENDER), role(Role.OFFICE)
expert, leader, head = role(Role.EXPERT), role(Role.LEADER), role(Role.HEAD)
committee, supervisor, operator = role(Role.COMMITTEE), role(Role.SUPERVISOR), role(Role.OPERATOR)

handed_in = ~state_in("draft")
my_dossier = applicant & owner
my_recommendation = recommender & own_body
my_assignment = expert & own_expert
my_committee = committee & own_edition
my_panel = expert & on_panel
my_lead = expert & leads_panel
my_group = leader & leads_panel
my_visit, my_visit_lead = expert & on_team, expert & leads_panel
my_hearing, my_chair = expert & on_team, expert & chairs
watching = office | supervisor

RULES: dict[str, Rule] = {
    # accounts and the first page
    "account.sign_in": anyone,
    "account.register": anyone,
    "account.language": anyone,
    "account.ask_link": anyone,
    "account.set_password": anyone,
    "account.sign_out": signed_in,
    "account.edit": signed_in,
    "account.end_session": signed_in & own_account,
    "desk.read": signed_in,
    "user.list": operator,
    "user.invite": operator,
    "user.read": operator,
    "user.grant": operator & ~oneself,
    "user.revoke": operator,
    "user.suspend": operator,
    "user.restore": operator,
    "system.read": operator,
    "health.read": anyone,
    "styleguide.read": anyone,
    # the record
    "audit.read": supervisor,
    "audit.verify": supervisor,
    "audit.export": supervisor,
    # programme, edition, rounds
    "public.read": anyone,
    "rulebook.read": anyone,
    "edition.list": watching,
    "edition.read": watching,
    "edition.create": office,
    "edition.plan": office & state_in("draft", "running"),
    "edition.change_rulebook": office & state_in("draft"),
    "edition.open": office,
    "edition.record_past": office,
    "edition.conclude": office,
    "edition.archive": office,
    "workdays.edit": office,
    "round.open": office,
    "round.close": office | system,
    # expert pool
    "expert.list": watching,
    "expert.read": watching,
    "expert.edit": office,
    "pool_import.create": office,
    "pool_import.read": watching,
    "pool_import.preview": system,
    "pool_import.refuse": system,
    "pool_import.apply": office,
    "pool_import.finish": system,
    "pool_import.give_back": system,
    "pool_import.discard": office,
    "expert.remove": office,
    "expert.restore": office,
    "expert.export": watching,
    "expert_merge.read": watching,
    "expert_merge.propose": office,
    "expert_merge.confirm": office & ~proposer,
    "expert_merge.refuse": office & ~proposer,
    "expert.read_own": expert & own_profile,
    "expert.confirm": expert & own_profile,
    "credit_fact.read": watching | (expert & own_expert),
    "credit_fact.record": office,
    "credit_fact.withdraw": office,
    "credit_fact.reply": expert & own_expert,
    "expert.edit_own": expert & own_profile,
    "expert.propose": expert & own_profile,
    "expert.settle": office,
    "expert_invitation.list": watching,
    "expert_invitation.create": office,
    "expert_invitation.remind": office & state_in("sent"),
    "expert_invitation.withdraw": office,
    "expert_invitation.follow": anyone,
    "expert_invitation.read": watching | invited,
    "expert_invitation.accept": invited,
    "expert_invitation.decline": invited,
    # the dossier
    "applicant.edit": my_dossier,
    "application.create": applicant,
    "application.list": applicant | recommender | watching,
    "application.read": my_dossier | (my_recommendation & handed_in) | (office & handed_in) | (supervisor & handed_in),
    "application.edit": my_dossier & state_in("draft", "returned"),
    "application.choose_body": my_dossier & state_in("draft"),
    "application.submit": my_dossier,
    "avoidance.read": my_dossier | (office & handed_in),
    "avoidance.edit": my_dossier & state_in("draft", "returned"),
    "application.resubmit": my_dossier,
    "application.withdraw": my_dossier,
    # recommendation and formal check
    "recommendation.list": recommender,
    "recommendation.read": my_recommendation & handed_in,
    "application.recommend": my_recommendation | system,
    "application.decline": my_recommendation,
    "application.send_back": my_recommendation,
    "formal_check.list": watching,
    "formal_check.read": watching & handed_in,
    "formal_check.save": office & state_in("recommended"),
    "consultation.begin": office & state_in("recommended"),
    "consultation.record": office & state_in("recommended"),
    "consultation.read": watching & handed_in,
    "body.list": watching,
    "body.edit": office,
    "application.accept": office,
    "application.return": office,
    "application.refuse": office,
    # panels
    "draw.list": watching,
    "draw.read": watching,
    "draw.create": office,
    "draw.edit": office & state_in("sketch"),
    "draw.measure": office & state_in("sketch"),
    "draw.commit": office,
    "draw.invite": office & state_in("committed"),
    "draw.promise": watching & state_in("committed"),
    "draw.witness": office & state_in("committed"),
    "draw.reveal": watching & state_in("committed"),
    "draw.draw": office,
    "draw.read_list": supervisor | (office & state_in("published")),
    "draw.publish": office,
    "draw.discard": office,
    "draw.replace": office,
    "draw.repair": office,
    "head.appoint": office,
    "conflict.list": watching,
    "conflict.record": office,
    "conflict.end": office & state_in("standing"),
    "conflict.withdraw": office,
    "interest_question.ask": my_assignment & state_in("waiting"),
    "interest_question.read": watching,
    "interest_question.deny": office & ~own_expert,
    "interest_question.affirm": office & ~own_expert,
    "interest_question.lapse": system,
    "exception.list": watching,
    "exception.read": watching,
    "exception.propose": office,
    "exception.confirm": office & ~proposer,
    "exception.refuse": office & ~proposer,
    "exception.revoke": office,
    "blinding.read": watching & handed_in,
    "blinding.edit": office & handed_in,
    "eligibility.read": watching,
    "assignment.list": expert,
    "assignment.read": my_assignment & state_in("waiting", "cleared"),
    "assignment.read_dossier": my_assignment & state_in("cleared"),
    "assignment.seat": office,
    "assignment.notify": office,
    "assignment.clear": my_assignment,
    "assignment.recuse": my_assignment,
    "assignment.excuse": office,
    "application.begin_review": office,
    # practice
    "practice_sheet.begin": expert,
    "practice_sheet.save": expert & own_expert & state_in("draft"),
    "practice_sheet.finish": expert & own_expert,
    "practice_sheet.list": watching | head,
    # scoring
    "score_sheet.list": expert,
    "score_sheet.open": my_assignment & state_in("cleared"),
    "score_sheet.read": (my_assignment & ~state_in("void")) | (my_group & state_in("submitted") & all_in) | supervisor,
    "score_sheet.watch": watching | head | my_group,
    "score_sheet.save": my_assignment & state_in("draft"),
    "score_sheet.skip": my_assignment & state_in("draft"),
    "score_sheet.submit": my_assignment,
    "score_sheet.abstain": my_assignment,
    "score_sheet.reopen": office | (my_group & of_another),
    "score_sheet.send_back": my_group & of_another,
    "score_sheet.take_over": system,
    "score_sheet.void": system,
    "paper.read": watching | leader | head,
    "paper_entry.list": office | supervisor,
    "paper_entry.type": office & state_in("draft"),
    "paper_entry.read": (office & state_in("typed")) | supervisor,
    "paper_entry.confirm": office & ~proposer,
    "paper_entry.refuse": office & ~proposer,
    "progress.read": watching | leader | head,
    "progress.remind": office | leader,
    "comparison.read": (head | supervisor) & state_in("closed"),
    "committee_report.list": head | watching | committee,
    "committee_report.read": head | watching | my_committee,
    "committee_report.write": head & state_in("closed"),
    # consensus
    "consensus.list": expert | head | watching,
    "consensus.open": system,
    "consensus.read": my_panel | supervisor | ((office | head) & state_in("released")),
    "consensus.discuss": my_panel & state_in("open", "proposed"),
    "consensus.edit": my_lead & state_in("open"),
    "consensus.propose": my_lead,
    "consensus.revise": my_lead,
    "consensus.answer": my_panel & state_in("proposed"),
    "consensus.agree": my_lead,
    "consensus.give_up": my_lead | office,
    "consensus.release": my_lead | office,
    # site visit
    "visit.list": expert | watching | head,
    "visit.arrange": office,
    "visit.read": my_visit | watching | head,
    "visit.follow": my_dossier & state_in("notified", "opened", "closed", "reported"),
    "visit.edit": office & state_in("planned"),
    "visit.plan": (my_visit_lead | office) & state_in("planned", "notified", "opened"),
    "visit.notify": office,
    "visit.recall": office,
    "visit.confirm": my_dossier & state_in("notified"),
    "visit.go_ahead": office & state_in("notified"),
    "visit.raise": my_visit & state_in("planned", "notified", "opened"),
    "visit.settle": my_visit & state_in("opened", "closed"),
    "visit.note": my_visit & state_in("opened", "closed"),
    "visit.meet": my_visit_lead & state_in("opened"),
    "visit.sign": my_visit & state_in("opened", "closed", "reported"),
    "visit.open": my_visit_lead,
    "visit.close": my_visit_lead,
    "visit.report": my_visit_lead,
    # statement and defence
    "defence.list": expert | watching | head,
    "defence.arrange": office,
    "defence.read": my_hearing | watching | head,
    "defence.edit": office & state_in("planned"),
    "defence.commit": office,
    "defence.draw": office,
    "defence.begin": my_chair | office,
    "defence.call": (my_chair | office) & state_in("running"),
    "defence.correct": my_chair & state_in("running"),
    "defence.end": my_chair | office,
    "defence.read_results": (my_chair | watching | head) & state_in("ended"),
    # ranking
    "ranking.list": watching | head,
    "ranking.read": watching | head | (my_committee & state_in("confirmed")),
    "ranking.export": watching,
    "ranking.compute": office,
    "ranking.confirm": office,
    "ranking.supersede": office,
    "application.shortlist": office,
    "application.drop": office,
    # committee
    "member.list": watching,
    "member.add": office,
    "session.list": watching | committee,
    "session.read": watching | my_committee,
    "session.convene": office,
    "session.attend": office & state_in("convened"),
    "session.recuse": my_committee & state_in("convened"),
    "session.open": office,
    "session.vote": my_committee & state_in("voting"),
    "session.close": office,
    "application.propose": office,
    "application.pass_over": office,
    "application.reconsider": office,
    # notice, objections
    "notice.list": watching,
    "notice.read": published | watching,
    "notice.create": office,
    "notice.publish": office,
    "notice.close": office | system,
    "objection.create": anyone,
    "objection.follow": anyone,
    "objection.list": watching,
    "objection.read": watching,
    "objection.uphold": office,
    "objection.reject": office,
    # outcomes
    "outcome.list": watching,
    "outcome.read": published | watching,
    "outcome.record": office,
    "outcome.publish": office,
    "outcome.revoke": office,
    "application.honour": office,
}


def allows(actor: Actor, action: str, subject: Any = None) -> bool:
    return refusal(actor, action, subject) is None


def refusal(actor: Actor, action: str, subject: Any = None) -> Rule | None:
    """The part of the rule that fails, or None. Raises KeyError for an action that no one has declared."""
    return RULES[action].failed(actor, subject)


def demand(actor: Actor, action: str, subject: Any = None) -> None:
    """Raise Forbidden with the reason of the part that failed."""
    failed = refusal(actor, action, subject)
    if failed is not None:
        raise Forbidden(failed.reason, failed.name)
