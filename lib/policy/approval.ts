import { z } from "zod";
import { type ApprovalOptions, approvalExclusions, approverRoles } from "./types.ts";

const minSeconds = 60;
const maxSeconds = 86_400;
const maxMembers = 50;

const Approvers = z
  .strictObject({
    roles: distinct(z.enum(approverRoles), approverRoles.length).exactOptional(),
    members: distinct(
      z.email("Write an e-mail address.").max(254).toLowerCase(),
      maxMembers,
    ).exactOptional(),
  })
  .refine(({ roles, members }) => roles !== undefined || members !== undefined, {
    error: "Write roles, members or both.",
  });

/** `approval` of a rule that requires one: {@link ApprovalOptions} with its bounds. */
export const ApprovalRule = z.strictObject({
  approvers: Approvers.exactOptional(),
  count: z.int().min(1).max(5).exactOptional(),
  request_expires: z.int().min(minSeconds).max(maxSeconds).exactOptional(),
  approval_expires: z.int().min(minSeconds).max(maxSeconds).exactOptional(),
  message: z.string().min(1).max(500).exactOptional(),
  exclude: distinct(z.enum(approvalExclusions), approvalExclusions.length).exactOptional(),
});

/**
 * What several rules demand of one approval, taken together: each demand of each holds. Of the
 * people only those are kept whom all rules name in the same way, by role or by e-mail, because who
 * has which role is not known here. The first message stays.
 *
 * @returns null when that leaves nobody who could approve
 */
export function combineApprovals(demands: readonly ApprovalOptions[]): ApprovalOptions | null {
  const [first = {}, ...others] = demands;
  return others.reduce<ApprovalOptions | null>(
    (combined, each) => combined && combineTwo(combined, each),
    first,
  );
}

function combineTwo(first: ApprovalOptions, second: ApprovalOptions): ApprovalOptions | null {
  const approvers = combineApprovers(first.approvers, second.approvers);
  if (approvers === null) return null;
  const count = largest(first.count, second.count);
  const requestExpires = smallest(first.request_expires, second.request_expires);
  const approvalExpires = smallest(first.approval_expires, second.approval_expires);
  const message = first.message ?? second.message;
  const excluded = [...new Set([...(first.exclude ?? []), ...(second.exclude ?? [])])].sort();
  return {
    ...(approvers && { approvers }),
    ...(count !== undefined && { count }),
    ...(requestExpires !== undefined && { request_expires: requestExpires }),
    ...(approvalExpires !== undefined && { approval_expires: approvalExpires }),
    ...(message !== undefined && { message }),
    ...(excluded.length > 0 && { exclude: excluded }),
  };
}

type Approvers = NonNullable<ApprovalOptions["approvers"]>;

function combineApprovers(
  first: Approvers | undefined,
  second: Approvers | undefined,
): Approvers | null | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const roles = (first.roles ?? []).filter((role) => second.roles?.includes(role));
  const members = (first.members ?? []).filter((each) => second.members?.includes(each));
  if (roles.length === 0 && members.length === 0) return null;
  return { ...(roles.length > 0 && { roles }), ...(members.length > 0 && { members }) };
}

function largest(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.max(left, right);
}

function smallest(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.min(left, right);
}

/** Kept in alphabetical order, because the order says nothing. */
function distinct<T extends z.ZodType<string>>(item: T, max: number) {
  return z
    .array(item)
    .min(1)
    .max(max)
    .refine((items) => new Set(items).size === items.length, {
      error: "Name each one once.",
    })
    .overwrite((items) => items.toSorted());
}
