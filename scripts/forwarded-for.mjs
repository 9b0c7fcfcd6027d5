// Preloaded into the dashboard when no reverse proxy of the operator's stands in front: a client
// that names its own address could otherwise dodge the limits on sign-in attempts per address.
import { Server } from "node:http";

const emit = Server.prototype.emit;
Server.prototype.emit = function (event, ...parts) {
  if (event === "request") delete parts[0].headers["x-forwarded-for"];
  return emit.call(this, event, ...parts);
};
