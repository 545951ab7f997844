"""What verify.py says, in Chinese and English."""

USAGE = "核对评审存档包 / checks the archive of a review: python3 verify.py BUNDLE.zip [--key KEY] [--en]"

TITLES = {
    "signature": ("索引的签名", "the signature of the index"),
    "files": ("文件和记录的摘要", "digests of files and records"),
    "rulebook": ("评审规则", "the rulebook"),
    "draw": ("抽取", "a draw"),
    "seats": ("席位和地区回避", "seats and the out-of-region rule"),
    "lot": ("答辩抽签", "a lot of the hearings"),
    "sheets": ("评分表合计", "totals of score sheets"),
    "consensus": ("合议合计", "agreed totals"),
    "ranking": ("排名", "a ranking"),
    "onward": ("各轮入围", "who went on"),
    "session": ("表决计票", "a count of ballots"),
    "all decided": ("提交表决的范围", "who came before the committee"),
    "notice": ("公示", "a notice"),
    "outcomes": ("结果", "the result"),
    "certificates": ("证书", "certificates"),
    "audit": ("审计链", "the audit chain"),
    "checkpoints": ("审计检查点", "checkpoints of the audit log"),
}

HOLDS = {
    "signature": ("索引由公布的密钥签名：{0}。", "The index is signed by the published key {0}."),
    "own key": (
        "索引由存档包自带的密钥签名：{0}。请用 --key 给出公布的公钥，再核对它是否由主办方签名。",
        "The index is signed by the key in the archive itself, {0}. Give the published key by --key to know who signed it.",
    ),
    "files": ("{0} 个文件及其中每条记录都与摘要一致。", "All {0} files and every record in them have their digests."),
    "rulebook": ("评审规则与冻结时的摘要一致：{0}。", "The rulebook has the digest under which it was frozen: {0}."),
    "draw": (
        "{0}：承诺、种子、名单上的每一对和每个专家组都重算一致。",
        "{0}: commitments, seed, every pair and every panel hold.",
    ),
    "draw without input": (
        "{0}：承诺、种子和名单重算一致；专家资料只在完整版里，这里没有核对逐对规则。",
        "{0}: commitments, seed and list hold; facts about experts are in the full version only, so pairs were not checked here.",
    ),
    "seats": (
        "{0} 个席位：没有专家来自申报者所在地区，组长来源合规，抽取的席位都在抽取结果里。",
        "{0} seats: no expert comes from the dossier's region, leaders are lawful, seats by lot are in the draws' results.",
    ),
    "lot": (
        "{0}：承诺、种子、{1} 件的答辩顺序和题目重算一致。",
        "{0}: commitment, seed, the order and the questions of {1} dossiers hold.",
    ),
    "sheets": ("{0} 份评分表：各条款得分与合计重算一致。", "{0} score sheets: every item and every total holds."),
    "consensus": ("{0} 份合议结果：合计重算一致。", "{0} agreed results: every total holds."),
    "ranking": (
        "“{0}”的正式排名（{1} 件）由评分表重算一致。",
        "The official ranking of round {0} ({1} dossiers) follows from the sheets.",
    ),
    "ranking with compared": (
        "“{0}”的正式排名（{1} 件）由评分表重算一致；同一专家比较两件的次数以记录为准。",
        "The official ranking of round {0} ({1} dossiers) follows from the sheets; comparisons by one expert are as recorded.",
    ),
    "onward": ("每一轮只排上一轮入围的申报。", "Every round ranks only dossiers that went on from the one before."),
    "session": (
        "第 {0} 次会议：{1} 轮、{2} 张选票重新计数，{3} 件的结论一致。",
        "Session {0}: {2} ballots of {1} rounds counted again give the same {3} decisions.",
    ),
    "all decided": ("达到得分要求的申报都提交了表决。", "Every dossier above the floors came before the committee."),
    "notice": (
        "第 {0} 次公示：{1} 项与表决结果一致，摘要与公布的一致。",
        "Notice {0}: its {1} entries are what was voted; its digest holds.",
    ),
    "outcomes": ("{0} 项授奖结果都经过表决和公示。", "All {0} honours were voted and publicly noticed."),
    "past outcomes": (
        "{0} 项授奖结果都经过表决和公示；另有 {1} 项是系统启用之前公布的，没有评审记录。",
        "{0} honours were voted and publicly noticed; {1} were published before the system was in use, without records of a review.",
    ),
    "certificates": ("{0} 张证书与授奖结果一致。", "All {0} certificates say what the honours say."),
    "audit": (
        "审计日志：公开的 {0} 条记录都在 {1} 条的链上。",
        "Audit log: the {0} events told here are links of the chain of {1}.",
    ),
    "checkpoints": (
        "{0} 个签名检查点与审计日志一致，最后一个到第 {1} 条。",
        "{0} signed checkpoints fit the log; the last reaches event {1}.",
    ),
    "all": ("全部一致。", "Everything holds."),
}

FAULTS = {
    "no bundle": ("这不是评审存档包，或者文件已损坏。", "This is no archive of a review, or it is damaged."),
    "missing": ("缺少文件 {0}。", "The file {0} is missing."),
    "unlisted": ("{0} 不在索引里。", "{0} is not in the index."),
    "damaged": ("{0} 已损坏，无法读取。", "{0} is damaged and cannot be read."),
    "other key": ("存档包由另一个密钥签名：{0}。", "The archive is signed by another key: {0}."),
    "signature": ("{0} 被改动：签名无效。", "{0} was changed: the signature is not valid."),
    "file": ("{0} 被改动：与索引里的摘要不一致。", "{0} was changed: it does not have the digest in the index."),
    "record": (
        "{0} 第 {1} 行的记录（{2}）被改动：与摘要不一致。",
        "{0}, line {1}, the record {2} was changed: its digest differs.",
    ),
    "rulebook": ("评审规则被改动：摘要不是 {0}。", "The rulebook was changed: its digest is not {0}."),
    "text": ("{0} 与冻结的规则数据不一致。", "{0} does not say what the frozen data say."),
    "region rule": (
        "记录的地区回避规则与评审规则不一致：{0}。",
        "The recorded out-of-region rule is not the rulebook's: {0}.",
    ),
    "event": ("审计日志里没有与之相符的“{0}”：{1}。", "The audit log has no fitting {0}: {1}."),
    "draws.csv": ("draws/draws.csv 与 {0} 不一致：{1}。", "draws/draws.csv and {0} differ: {1}."),
    "draw": ("{0}：{1}", "{0}: {2}"),
    "no region": (
        "{0} · {1}：专家 {2} 或申报者没有登记所在地。",
        "{0} · {1}: expert {2} or the dossier has no place on record.",
    ),
    "region": ("{0} · {1}：专家 {2} 来自申报者所在地区。", "{0} · {1}: expert {2} comes from the dossier's region."),
    "leader": ("{0} · {1}：组长 {2} 来自奖项所在地区。", "{0} · {1}: leader {2} comes from the award's own region."),
    "not drawn": ("{0} · {1}：专家 {2} 不在抽取结果里。", "{0} · {1}: expert {2} is not in the draw's result."),
    "not seated": ("{0} · {1}：抽中的专家 {2} 没有席位。", "{0} · {1}: expert {2} was drawn and has no seat."),
    "lot": ("{0}：抽签记录与重算不一致：{1}。", "{0}: the lot drawn again differs: {1}."),
    "points": (
        "{0} · {1} · {2}：条款 {3} 的分值或比例不合规则。",
        "{0} · {1} · {2}: points or percentage of item {3} are not the rulebook's.",
    ),
    "item": (
        "{0} · {1} · {2}：条款 {3} 的得分不等于分值乘以比例。",
        "{0} · {1} · {2}: the score of item {3} is not points times percentage.",
    ),
    "items": ("{0} · {1} · {2}：条款不齐或重复。", "{0} · {1} · {2}: items are missing or stand twice."),
    "total": ("{0} · {1} · {2}：合计不等于各条款之和。", "{0} · {1} · {2}: the total is not the sum of the items."),
    "content": (
        "{0} · {1} · {2}：提交的内容与摘要或得分不一致。",
        "{0} · {1} · {2}: the content does not fit its digest or its scores.",
    ),
    "rules": (
        "“{0}”的排名所用规则与评审规则不一致：{1}。",
        "The ranking of {0} was made by other rules than the rulebook's: {1}.",
    ),
    "review": (
        "“{0}”的排名与评分表不一致：{1} · {2} · {3}。",
        "The ranking of {0} and the score sheets differ: {1} · {2} · {3}.",
    ),
    "agreed": (
        "“{0}”的排名所用的合议总分与合议结果不一致。",
        "The agreed totals in the ranking of {0} are not those of the panels.",
    ),
    "deducted": (
        "“{0}”的排名所用的超时扣分与记录不一致。",
        "The deductions in the ranking of {0} are not those on record.",
    ),
    "traits": (
        "“{0}”的排名所用的 {1} 的分组、类别或标签与申报记录不一致。",
        "The ranking of {0} was made with another group, kind or tags of {1}.",
    ),
    "seed": (
        "“{0}”的排名所用的抽签种子不是首轮抽取公布的种子。",
        "The lot in the ranking of {0} was not drawn from the first draw's seed.",
    ),
    "cell": ("“{0}”：{1} 的评分无法标准化。", "{0}: scores of {1} cannot be standardised."),
    "rank": ("“{0}”的排名：{1} 的 {2} 应为 {3}。", "Ranking of {0}: {2} of {1} should be {3}."),
    "cut": ("“{0}”的排名：获奖线重算不一致。", "Ranking of {0}: the cut lines come out differently."),
    "snapshot": ("“{0}”的排名被改动：与摘要不一致。", "The ranking of {0} was changed: its digest differs."),
    "onward": ("“{0}”排了上一轮没有入围的申报：{1}。", "The ranking of {0} holds a dossier that did not go on: {1}."),
    "quorum": (
        "第 {0} 次会议：人数不足法定数，或票数多于投票人。",
        "Session {0}: no quorum, or more votes than voters.",
    ),
    "paper": (
        "第 {0} 次会议：选票上 {1} 的选项不是排名和余下的名额所允许的。",
        "Session {0}: what a ballot paper offers for {1} is not what ranking and seats allow.",
    ),
    "box": (
        "第 {0} 次会议：{1} 的选票数或选项不合规则。",
        "Session {0}: number or choices of the ballots on {1} are not lawful.",
    ),
    "count": ("第 {0} 次会议：{1} 的 {2} 应为 {3}。", "Session {0}: {2} of {1} should be {3}."),
    "left out": ("{0} 达到得分要求，却没有提交表决。", "{0} is above a floor and never came before the committee."),
    "notice": ("第 {0} 次公示被改动：与公布的摘要不一致。", "Notice {0} was changed: its digest differs."),
    "listed": ("第 {0} 次公示的“{1}”与表决结果不一致。", "Notice {0}: “{1}” is not what was voted."),
    "not listed": ("第 {0} 次公示缺少表决通过的 {1}。", "Notice {0} lacks {1}, which was voted."),
    "outcome": ("第 {0} 项授奖结果“{1}”与表决或公示不一致。", "Honour {0}, “{1}”, is not what was voted or noticed."),
    "certificate": (
        "证书 {0} 与第 {1} 项授奖结果不一致。",
        "Certificate {0} does not say what honour {1} says.",
    ),
    "objection": ("异议 {0} 的记录不完整。", "The record of objection {0} is incomplete."),
    "audit": (
        "审计日志第 {0} 条（{1}）被改动，或不在链上。",
        "Event {0} ({1}) of the audit log was changed or is no link of the chain.",
    ),
    "checkpoint": (
        "审计检查点（到第 {0} 条）与日志不一致，或签名无效。",
        "The checkpoint at event {0} does not fit the log, or its signature is not valid.",
    ),
    "incomplete": ("{0}：记录不完整，无法核对（{1}：{2}）。", "{0}: the records are incomplete ({1}: {2})."),
    "failed": ("有 {0} 项不一致。", "{0} checks failed."),
}
