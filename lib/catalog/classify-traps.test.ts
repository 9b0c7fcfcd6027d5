import { expect, test } from "vitest";
import type { JsonObject } from "#lib/policy/types.ts";
import { classifyTool } from "./classify.ts";
import { definition } from "./testing.ts";

const untrusted = { trustedAnnotations: false };

/** Names and sentences that mislead a reader who looks at words only, by what the tool is: name | description | parameters. */
const TRAPS: Readonly<Record<string, string>> = {
  read: `
    json_arrindex | Search for the first occurrence of a JSON value in an array | key* path*
    bitmap_pos | Find position of first bit set | key* bit*
    listUsers | List users. Does not delete anything.
    get_account | Returns account details. This tool does not delete or modify data. | id*
    preview_deletion | Shows which files would be deleted without deleting them. | path*
    list_deleted_items | List items in the trash
    get_deleted_messages | Retrieve deleted messages | channel*
    count_removed_users | Count users removed in the last 30 days
    runReadOnlyQuery | Runs a read-only SQL query | sql*
    execute_select | Execute a SELECT query | query*
    query_logs | Query logs with LogQL | query*
    list_orders | List all orders | status
    sort_orders | Return orders sorted by date
    get_order_status | Get status of an order | id*
    get_charges | List charges | customer
    dropdown_options | List options of a dropdown | id*
    get_pull_request | Get a pull request | id*
    list_commands | List available commands
    get_command_history | Return the command history
    explain_query | Explain a SQL query plan | sql*
    validate_sql | Validate SQL without running it | sql*
    read_query | Execute a SELECT query on the SQLite database | query*
    read_file | Read a file | path*
    list_files | Lists files | path
    search_files | Search | pattern*
    fetch | Fetches a URL | url*
    get_payment | Get a payment | id*
    list_invoices | List invoices
    estimate_gas | Estimate gas for a transaction | to*
    get_balance | Get wallet balance | address*
    hget | Get a field | key* field*
    get_secret | Get a secret value | name*
    is_deleted | Check whether record is deleted | id*
    has_been_removed | Check | id*
    get_delete_policy | Get the deletion policy | bucket*
    describe_drop_rules | Describe drop rules
    search_removals | Search removals
    who_ran_query | Show who ran a query
    pay_status | Status of pay run
    payment_history | History of payments | account*
    order_book | Get the order book | symbol*
    transfer_status | Get transfer status | id*
    balance | Account balance
    ping | Ping
    echo | Echoes back | text*
  `,
  write: `
    string_get_set | Set a key and return its old value | key* value*
    stringGetSet | Set new value and return old value | key* value*
    stream_read_group | Read entries from a stream via a consumer group | key* group*
    create_api_key | Creates an API key | name*
    generate_access_token | Generate a personal access token | scope*
    issue_credentials | Issues temporary credentials for a role | role*
    issueToken | Issues a token for the user | user*
    mint_token | Mint a new auth token for a service account | account*
    transfer_issue | Transfer an issue to another repository | issue*
    transfer_ownership | Transfer ownership of a document | doc* user*
    add_to_cart | Add item to cart | item*
    upsert_document | Insert or update a document | id* body*
    replace_file | Replace contents of a file | path* content*
    move_file | Move a file | from* to*
    rename_branch | Rename a branch | old* new*
    archive_project | Archive a project | id*
    close_issue | Close an issue | id*
    send_email | Send an e-mail | to* subject* body*
    post_message | Post a message to a channel | channel* text*
    sendMessage | Sends a message | chat* text*
    broadcast_message | Broadcast a message to all users | text*
    notify_user | Notify a user | user*
    tweet | Post a tweet | text*
    sms_send | Send an SMS | to* body*
    disable_user | Disable a user account | id*
    block_user | Block a user | id*
    detach_volume | Detach a volume | id*
    merge_pull_request | Merge a pull request | id*
    create_pull_request | Open a pull request | title*
    write_file | Write a file | path* content*
    set_price | Set price of a product | id* price*
    sadd | Add member | key*
    config_set | Set config parameter | k* v*
    expire | Set a timeout on key | key* seconds*
    unsubscribe_all | Unsubscribes from all mailing lists
    accept_invitation | Accept | id*
    reject_request | Reject | id*
    lock_account | Lock an account | id*
    set_temperature | Set thermostat | value*
    upload_file | Upload | path*
    sync_repo | Sync | repo*
    import_data | Import data | file*
    overwrite_record | Overwrite | id*
    undo | Undo the last change
    redo | Redo
    commit_transaction | Commits the open database transaction | id*
    modifyLabels | Modifies the labels on a message | id*
    dismiss_alert | Dismiss an alert | id*
    resolve_incident | Resolve an incident | id*
    acknowledge_alert | Acknowledge an alert | id*
    escalate_ticket | Escalate | id*
    snooze_reminder | Snooze | id*
    assign_role | Assign a role | user* role*
    grant_access | Grant access | user*
    reset_password | Reset a user password | user*
    change_password | Change password | user* password*
    get_or_create_user | Get a user or create it | email*
    find_and_replace | Find and replace text in a document | doc* find* replace*
    findOneAndUpdate | Finds one and updates | filter*
    checkAndSet | Compare and set | k*
    ackMessage | Acknowledge | id*
    reindex | Reindex | i*
  `,
  execute: `
    run_query | Run a SQL query against the warehouse | sql*
    execute_sql | Execute raw SQL in the Postgres database. | query*
    runCommand | Runs a shell command | command*
    run_tests | Run the test suite
    stop_instance | Stop an EC2 instance | id*
    reboot_server | Reboot | id*
    scale_deployment | Scale a deployment | name* replicas*
    deploy | Deploy the app | env*
    rollback_deployment | Roll back a deployment | id*
    db_query | Execute arbitrary SQL | sql*
    apply_migration | Applies a migration to the database | name* query*
    eval | Evaluates JavaScript | code*
    python_exec | Execute python code | code*
    browser_click | Click an element | selector*
    redis_command | Run any redis command | command*
    rollback_transaction | Rolls back | id*
    compile | Compile | src*
  `,
  destructive: `
    getdel | Get the value of key and delete the key. | key*
    purge_queue | Purge all messages | queue*
    empty_trash | Empty the trash
    truncateTable | Truncate a table | table*
    factory_reset | Factory reset the device | id*
    wipe_device | Wipes the device | id*
    revoke_token | Revoke an access token | id*
    ban_user | Ban a user | id*
    kick_member | Kick a member from the server | id*
    drop_table | Drop a table | table*
    terminate_instances | Terminates EC2 instances | ids[]*
    delete_file | Delete a file | path*
    remove_file | Remove | path*
    delete_payment_method | Delete a payment method | id*
    manage_users | Manage users: create, update, delete | action*
    hdel | Delete a field | key* field*
    spop | Remove and return random member | key*
    lrem | Remove elements | key*
    flushall | Remove all keys
    shutdown | Shut down the machine
    expunge_mailbox | Permanently removes messages marked deleted | mailbox*
    batchDeleteMessages | Deletes many messages by ID | ids[]*
    soft_delete_user | Soft delete a user | id*
    delete_draft | Delete a draft | id*
    remove_access | Remove access of a user | user*
    find_and_delete | Find and delete documents | filter*
    findOneAndDelete | Finds one and deletes | filter*
    readAndDelete | Reads then deletes | id*
    fetch_and_clear | Fetches the notifications and clears them
    peekAndPop | Pops | q*
    receive_message | Receives a message from the queue and deletes it | queue*
    sqs_delete_message | Delete | q*
    dequeue | Take next job | q*
    evict_pod | Evict | pod*
  `,
  financial: `
    execute_trade | Executes a trade | symbol* quantity*
    pay_invoice | Pays an invoice | invoice_id*
    transfer | Transfer funds between accounts | from* to* amount*
    create_order | Create a new order | symbol* side* quantity* price
    createOrder | Places an order | items*
    order_pizza | Order a pizza | size* address*
    refund_payment | Refund a payment | id* amount
    issue_refund | Issues a refund to the customer | charge_id*
    capture_payment | Capture an authorized payment | id*
    charge_card | Charge a credit card | card* amount*
    charge_customer | Charges the customer | customer_id* amount*
    checkout | Complete checkout for the cart | cart_id*
    send_money | Send money to a recipient | to* amount*
    send_payment | Send a payment | to*
    buy_stock | Buy a stock | symbol* qty*
    place_bet | Place a bet | amount*
    withdraw | Withdraw crypto to an external address | currency* amount* address*
    topup_balance | Top up the account balance | amount*
    create_payment_intent | Create a payment intent | amount* currency*
    swap_tokens | Swap tokens on Uniswap | from* to* amount*
    stake | Stake ETH | amount*
    payout_create | Create a payout | amount*
    process_refund | Processes a refund for an order | order_id*
    process_payment | Process a payment | amount*
    make_payment | Make payment | amount*
    wire_transfer | Initiate a wire transfer | iban* amount*
    debit_account | Debit an account | account* amount*
    credit_account | Credit an account | account* amount*
    settle_invoice | Settle an invoice | id*
    purchase_license | Purchase | sku*
    tip_user | Send a tip in USDC | user* amount*
    donate | Donate | amount*
  `,
};

const traps = Object.entries(TRAPS).flatMap(([category, table]) =>
  table
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", description = "", parameters = ""] = line
        .split("|")
        .map((cell) => cell.trim());
      return { category, name, description, parameters };
    }),
);

test.each(traps)(
  "$name: $description → $category",
  ({ category, name, description, parameters }) => {
    const tool = definition(name, description, parameters);
    expect(classifyTool(tool, untrusted).category).toBe(category);
  },
);

test.each(traps.filter(({ category }) => category !== "read"))(
  "$name is not called Read where nothing but its name is known",
  ({ name, parameters }) => {
    expect(classifyTool(definition(name, "", parameters), untrusted).category).not.toBe("read");
  },
);

/** The same where a name is all there is, by what it is then taken for. */
const BARE: Readonly<Record<string, string>> = {
  read:
    "bitmap_pos bitmapPos bitpos json_arrindex json_type hash_keys hash_values hash_random_field hash_random_field_with_values " +
    "hash_strlen list_position list_range set_cardinality set_random_member sorted_set_score sorted_set_range " +
    "sorted_set_range_by_score sorted_set_range_by_lex sorted_set_cardinality stream_range stream_info_groups " +
    "stream_info_consumers stream_length string_get_range string_length work_item_type list_search list_deleted_items " +
    "list_backups view_commit comment_get tag_get get_release payload_get is_archive can_delete get_delete_policy " +
    "show_help random_member",
  write:
    "string_get_set stringGetSet stream_read_group list_move listMove list_copy list_push list_set smove lmove setrange " +
    "renamenx snapshot_restore update_view update_report send_report share_report set_view set_report update_instructions " +
    "set_random_value set_members set_range lookup_update ack_message xack key_move update_help",
  execute:
    "query_cancel type drown_member stream_info_frobnicate hash_frobnicate_keys json_field zorch_by_score",
  destructive:
    "getdel get_del getDel json_arrpop json_del list_trim list_items_delete list_pop_left blpop view_delete report_delete " +
    "delete_help delete_random_member delete_by_query hash_delete hash_keys_by_delete string_range_and_delete index_drop stream_trim",
};

test.each(
  Object.entries(BARE).flatMap(([category, names]) =>
    names.split(" ").map((name) => ({ category, name })),
  ),
)("the name $name alone is $category, and with little confidence", ({ category, name }) => {
  const result = classifyTool({ name }, untrusted);
  expect(result.category).toBe(category);
  expect(result.confidence).toBeLessThan(0.6);
  expect(result.signals).toContain("no_description");
});

test.each([
  ["list_schedule", "Lists the schedule.", "read"],
  ["view_order", "Shows an order.", "read"],
  ["order_view", "View an order.", "read"],
  ["list_move", "Lists the moves of a game.", "read"],
  ["preview_deploy", "Previews a deployment.", "read"],
  ["update_view", "Changes a view.", "write"],
])("a description settles what the name %s leaves open: %s", (name, description, category) => {
  expect(classifyTool({ name, description }, untrusted).category).toBe(category);
});

test.each(["getDel", "findOneAndDelete", "readAndDelete", "peekAndPop", "lPop", "sRem", "hDel"])(
  "%s removes, in camelCase too",
  (name) => {
    expect(classifyTool({ name }, untrusted).category).toBe("destructive");
  },
);

test.each(["drown_member", "zorch_value", "splice_logs", "frobnicate_keys"])(
  "%s has an unknown verb before a thing, so it is not taken for a noun that is read",
  (name) => {
    expect(classifyTool({ name }, untrusted)).toMatchObject({
      category: "execute",
      riskClass: "high",
    });
    const described = { name, description: `${name.split("_")[0]}s the given one` };
    expect(classifyTool(described, untrusted).category).toBe("execute");
  },
);

test("a cache that is cleared is less than data that is gone", () => {
  const cache = definition("clear_cache", "Clears the cache", "");
  const records = definition("clear_records", "Clears the records", "");
  expect(classifyTool(cache, untrusted).riskClass).toBe("high");
  expect(classifyTool(records, untrusted).riskClass).toBe("critical");
});

test("adding or removing a mark changes it; removing one takes it away", () => {
  const both = definition("set_flags", "Adds or removes flags of a message", "id* flags*");
  const one = definition("remove_label", "Removes a label of an issue", "id* label*");
  expect(classifyTool(both, untrusted).category).toBe("write");
  expect(classifyTool(one, untrusted).category).toBe("destructive");
});

test("the worst of several forms that a list of operations may take counts", () => {
  const form = (type: string): JsonObject => ({
    type: "object",
    properties: { operation_type: { type: "string", const: type } },
    required: ["operation_type"],
  });
  const operations = { type: "array", items: { anyOf: [form("set_name"), form("delete_blocks")] } };
  const inputSchema = { type: "object", properties: { operations }, required: ["operations"] };
  const tool = { name: "update_doc", description: "Updates a document.", inputSchema };
  expect(classifyTool(tool, untrusted).category).toBe("destructive");
});

test("asking about a method is not calling it", () => {
  const method = { type: "string", description: "The method ('create', 'delete')" };
  const tool = {
    name: "get_type_info",
    description: "Gets the types of an API method.",
    inputSchema: { type: "object", properties: { method }, required: ["method"] },
  };
  expect(classifyTool(tool, untrusted).category).toBe("read");
});
