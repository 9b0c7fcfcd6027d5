"use server";

import {
  createChannel,
  removeChannel,
  testChannel,
  updateChannel,
} from "#lib/notifications/channels.ts";
import { ChannelInput, CreateChannel, UpdateChannel } from "#lib/notifications/schema.ts";
import { orgAction } from "#lib/web/action.ts";

export const create = orgAction("notifications.write", CreateChannel, createChannel);
export const update = orgAction("notifications.write", UpdateChannel, updateChannel);
export const remove = orgAction("notifications.write", ChannelInput, removeChannel);
export const test = orgAction("notifications.write", ChannelInput, testChannel);
