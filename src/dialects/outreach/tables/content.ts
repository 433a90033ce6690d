/** Knows the attributes and relationships of what sequences say and by which rules: templates, rulesets and categories. */
import { DUPLICATES, EXCLUSIVITIES, OPT_OUT_ACTIONS } from "../../../domain/ruleset";
import { SHARE_TYPES } from "../../../domain/sequence";
import { flag, integer, links, list, many, one, oneOf, table, text, time } from "../table";

export const sequenceTemplate = table("sequenceTemplate", "sequenceTemplates", {
  attributes: {
    bounceCount: integer("R"),
    clickCount: integer("R"),
    createdAt: time("R"),
    deliverCount: integer("R"),
    enabled: flag("R"),
    enabledAt: time("R"),
    failureCount: integer("R"),
    isReply: flag(),
    negativeReplyCount: integer("R"),
    neutralReplyCount: integer("R"),
    openCount: integer("R"),
    optOutCount: integer("R"),
    positiveReplyCount: integer("R"),
    replyCount: integer("R"),
    scheduleCount: integer("R"),
    updatedAt: time("R"),
  },
  relationships: {
    creator: one("user", "R", "id"),
    sequenceStep: one("sequenceStep", "", "*"),
    template: one("template", "", "id"),
    updater: one("user", "R", "id"),
  },
});

export const template = table("template", "templates", {
  attributes: {
    archived: flag(),
    archivedAt: time("RFS"),
    bccRecipients: list(),
    bodyHtml: text("", 16777215),
    bodyText: text("R", 16777215),
    bounceCount: integer("R"),
    ccRecipients: list(),
    clickCount: integer("RFS"),
    createdAt: time("RFS"),
    deliverCount: integer("RFS"),
    failureCount: integer("R"),
    lastUsedAt: time("RFS"),
    name: text("FS", 225),
    negativeReplyCount: integer("R"),
    neutralReplyCount: integer("R"),
    openCount: integer("RFS"),
    optOutCount: integer("R"),
    positiveReplyCount: integer("R"),
    replyCount: integer("RFS"),
    scheduleCount: integer("R"),
    shareType: oneOf(SHARE_TYPES, "FS"),
    subject: text(),
    tags: list(),
    toRecipients: list(),
    trackLinks: flag(),
    trackOpens: flag(),
    updatedAt: time("RFS"),
  },
  relationships: {
    attachments: many("attachment"),
    contentCategoryMemberships: many("contentCategoryMembership"),
    creator: one("user", "R", "id"),
    favorites: many("favorite"),
    owner: one("user", "", "id"),
    recipients: many("recipient", "R", "id"),
    sequenceTemplates: many("sequenceTemplate", "R"),
    statsTarget: one("template"),
    updater: one("user", "R", "id"),
  },
});

export const ruleset = table("ruleset", "rulesets", {
  attributes: {
    applyCompletedStageIn: integer(),
    autoResumeOotoProspects: flag("FS"),
    autoResumeOotoProspectsExpiresIn: integer(),
    autoResumeOotoProspectsIn: integer(),
    callOptOutAction: text(),
    clicksNeededBeforeCallTaskCreated: integer(),
    createdAt: time("RFS"),
    emailOptOutAction: oneOf(OPT_OUT_ACTIONS),
    includeUnsubscribeLinks: flag("FS"),
    meetingBookedAction: text("", 255),
    minimumProspectTouchedInterval: integer(),
    name: text("FS", 255),
    ootoAutoExtractionEnabled: flag(),
    opensNeededBeforeCallTaskCreated: integer(),
    permitDuplicateProspects: oneOf(DUPLICATES, "FS"),
    sequenceExclusivity: oneOf(EXCLUSIVITIES, "FS"),
    smsOptOutAction: text(),
    smsReceivedAction: text("", 255),
    stepOverridesEnabled: flag(),
    updatedAt: time("RFS"),
  },
  relationships: {
    bouncedStage: one("stage", "", "id"),
    callTaskPriority: one("taskPriority", "", "id"),
    callTaskPriorityFromClicks: one("taskPriority", "", "id"),
    callTaskPriorityFromOpens: one("taskPriority", "", "id"),
    completedStage: one("stage", "", "id"),
    deliveredStage: one("stage", "", "id"),
    finishedStage: one("stage", "", "id"),
    optedOutStage: one("stage", "", "id"),
    owner: one("user", "", "id"),
    repliedStage: one("stage", "", "id"),
    sequences: links("R", "id"),
    startedStage: one("stage", "", "id"),
  },
});

export const contentCategory = table("contentCategory", "contentCategories", {
  attributes: {
    allowSequences: flag(),
    allowSnippets: flag(),
    allowTemplates: flag(),
    color: text("", 255),
    createdAt: time("RFS"),
    name: text("FS", 255),
    updatedAt: time("RFS"),
  },
  relationships: {
    creator: one("user", "R"),
    teams: many("team"),
  },
});

export const contentCategoryMembership = table("contentCategoryMembership", "contentCategoryMemberships", {
  attributes: {
    createdAt: time("RFS"),
    updatedAt: time("RFS"),
  },
  relationships: {
    content: one(),
    contentCategory: one("contentCategory", "", "id"),
    creator: one("user", "R"),
  },
});
