"""The facts that rules are joined from, each with the reason of its refusal, and the joins that many rules share."""

from app.kernel.actor import Role
from app.kernel.permission import Rule, role, state_in
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
drafter = Rule(
    "drafter",
    Message(N_("草稿由谁生成，就须由另一人编辑。")),
    lambda actor, subject: actor.user_id is not None and subject.drafted_by == actor.user_id,
)
editor = Rule(
    "editor",
    Message(N_("自己编辑过的报告须由另一人批准。")),
    lambda actor, subject: actor.user_id is not None and actor.user_id in subject.editors,
)
handles = Rule(
    "handles",
    Message(N_("这件异议由指定的办理人办理。")),
    lambda actor, subject: actor.user_id is not None and subject.handler_id == actor.user_id,
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
underway = Rule(
    "underway",
    Message(N_("本届评审已经结束，申报材料不再对专家开放。您提交的评分表和回执仍可查看。")),
    lambda _actor, subject: not subject.is_over,
)
released = Rule(
    "released",
    Message(N_("现场评审这一轮的评分结束、各次合议报告都发布之后，才能对照查看。")),
    lambda _actor, subject: subject.is_released,
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
my_objection = office & handles
my_visit, my_visit_lead = expert & on_team, expert & leads_panel
my_hearing, my_chair = expert & on_team, expert & chairs
watching = office | supervisor
