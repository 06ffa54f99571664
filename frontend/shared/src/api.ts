/** Made from the server's OpenAPI document by scripts/api-types.sh: do not edit by hand.
 * sha256: febae3b63e38e6cc80aecc86ecc83779a48331f26607903083f65409ec29dcb6
 */
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What the provider said of an account, in its own words: of a template, a number, a limit, the account itself. */
        AccountEventView: {
            about: string | null;
            /** Format: date-time */
            at: string;
            before: string | null;
            change: string | null;
            id: string;
            reason: string | null;
            /** @enum {string} */
            severity: "info" | "warning" | "pause" | "resume";
            topic: string;
        };
        /** @description The account a conversation came in through. */
        AccountName: {
            id: string;
            name: string | null;
            status: string | null;
        };
        /** @description What is allowed instead of sending now. */
        AlternativeView: {
            at: string | null;
            kind: string;
        };
        /** @description How the case is called. */
        AsTestBody: {
            name?: string;
        };
        /** @description Giving a conversation to a colleague; null: to nobody. */
        AssignBody: {
            staff_id: string | null;
            team?: string | null;
        };
        /**
         * @description How conversations that wait for a person are given out, and what is done where nobody takes them.
         *
         *     All of it is off until a business says otherwise. Minutes are of opening hours, counted from the handoff.
         */
        Assignment: {
            capacity?: number;
            escalate_minutes?: number | null;
            /** @enum {string} */
            escalate_to?: "admins" | "everyone";
            fallback?: {
                [key: string]: string;
            };
            fallback_minutes?: number | null;
            round_robin?: boolean;
            sticky?: boolean;
        };
        /** @description Who did what. */
        AuditEntry: {
            action: string;
            actor: string;
            /** Format: date-time */
            at: string;
            details: {
                [key: string]: unknown;
            };
            entity: string | null;
            id: string;
        };
        /** @description Whether somebody takes conversations just now. */
        AvailabilityBody: {
            away: boolean;
        };
        /** @description How a conversation stood before it was changed, and how the change left it: what undoing it needs. */
        "Before-Input": {
            handoff?: components["schemas"]["HandoffBefore"] | null;
            labels: string[];
            left_owner: string;
            left_status: string;
            owner: string;
            snoozed_until?: string | null;
            status: string;
            team?: string;
        };
        /** @description How a conversation stood before it was changed, and how the change left it: what undoing it needs. */
        "Before-Output": {
            handoff: components["schemas"]["HandoffBefore"] | null;
            labels: string[];
            left_owner: string;
            left_status: string;
            owner: string;
            snoozed_until: string | null;
            status: string;
            team: string;
        };
        /** @description What only this browser opens. */
        BrowserKeys: {
            auth: string;
            p256dh: string;
        };
        /** @description One thing for many conversations. */
        BulkBody: {
            action: "take" | ("hand_back" | "resolve" | "reopen" | "snooze" | "assign" | "label");
            add?: string[];
            ids: string[];
            remove?: string[];
            staff_id?: string | null;
            team?: string | null;
            until?: string | null;
        };
        /** @description What became of each, in the order asked. */
        BulkDone: {
            results: components["schemas"]["BulkResult"][];
        };
        /** @description What became of one conversation of many. */
        BulkResult: {
            before: components["schemas"]["Before-Output"] | null;
            code: string | null;
            event_no: number;
            id: string;
            ok: boolean;
            on_its_way: string[];
            title: string | null;
        };
        /** @description A button of a card: a link when ``url`` is set, else a tap that returns ``id``. */
        Button: {
            id?: string | null;
            label: string;
            url?: string | null;
        };
        /** @description A canned reply was stored. */
        CannedAdded: {
            event_no: number;
            id: string;
        };
        /** @description A canned reply; in its words ``{{contact.name}}`` and the like are filled in by whoever uses it. */
        CannedBody: {
            shortcut: string;
            texts: {
                [key: string]: string;
            };
        };
        /** @description Words that staff keep at hand, by language. */
        CannedReply: {
            id: string;
            shortcut: string;
            texts: {
                [key: string]: string;
            };
            /** Format: date-time */
            updated_at: string;
            version: number;
        };
        /** @description How many conversations somebody is given at most; null: as many as everybody. */
        CapacityBody: {
            capacity: number | null;
        };
        /** @description A picture with title and buttons. */
        Card: {
            buttons?: components["schemas"]["Button"][];
            image_url?: string | null;
            subtitle?: string | null;
            title: string;
        };
        /** @description One card or a row of them. */
        CardsPart: {
            cards: components["schemas"]["Card"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "cards";
        };
        /** @description A conversation as a test: one case, and the flow's tests with it in place. Nothing is stored. */
        CaseDraft: {
            case: string;
            etag: string;
            flow_id: string;
            text: string;
        };
        /** @description How a case went, with its transcript. */
        CaseOutcome: {
            failures: string[];
            name: string;
            ok: boolean;
            steps: components["schemas"]["StepOutcome"][];
        };
        /** @description A change was made; the client waits until its live stream has reached ``event_no``. */
        Changed: {
            event_no: number;
        };
        /**
         * @description The kinds of account a customer can write to.
         * @enum {string}
         */
        ChannelType: "whatsapp" | "instagram" | "messenger" | "widget";
        /** @description A connected account. */
        ChannelView: {
            channel: string;
            /** Format: date-time */
            created_at: string;
            flow: components["schemas"]["Named"] | null;
            id: string;
            name: string;
            provider_id: string;
            reason: string | null;
            status: string;
        };
        /** @description Everything that is wrong with a flow; ``ok`` where it may be published. */
        Checked: {
            issues: components["schemas"]["IssueView"][];
            ok: boolean;
        };
        /** @description A question with options: buttons, a list, quick replies or numbered text, as the channel can. */
        ChoicesPart: {
            body: string;
            footer?: string | null;
            header?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "choices";
            menu_label?: string | null;
            options: components["schemas"]["Option"][];
        };
        /** @description Who a conversation can be given to, and how much they have already. */
        Colleague: {
            away: boolean;
            capacity: number;
            id: string;
            name: string | null;
            online: boolean;
            open: number;
            own_capacity: number | null;
            teams: string[];
        };
        /** @description What a person agreed to, or no more. */
        ConsentView: {
            /** Format: date-time */
            at: string;
            granted: boolean;
            source: string | null;
            topic: string;
        };
        /** @description Public facts of the business, by name; null removes one. */
        ConstantsBody: {
            constants: {
                [key: string]: string | boolean | number | null;
            };
        };
        /** @description One person of a shared address-book entry. */
        ContactCard: {
            addresses?: string[];
            birthday?: string | null;
            emails?: string[];
            name: string;
            org?: string | null;
            phones?: string[];
            urls?: string[];
        };
        /** @description A person in the list. */
        ContactItem: {
            channels: string[];
            /** Format: date-time */
            created_at: string;
            id: string;
            locale: string | null;
            name: string | null;
            opted_out: boolean;
            tags: string[];
        };
        /** @description A note of staff on a person. */
        ContactNoteView: {
            author_name: string | null;
            /** Format: date-time */
            created_at: string;
            id: string;
            text: string;
        };
        /** @description Shared address-book entries. */
        ContactsPart: {
            cards: components["schemas"]["ContactCard"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "contacts";
        };
        /** @description One conversation with what the composer and the side pane need. */
        ConversationDetail: {
            account: components["schemas"]["AccountName"];
            attachable: components["schemas"]["FileLimitView"][];
            can_send: components["schemas"]["VerdictView"];
            channel: string;
            contact: components["schemas"]["Named"];
            event_no: number | null;
            goes_on: string | null;
            handoff: components["schemas"]["HandoffDetail"] | null;
            id: string;
            labels: string[];
            last_inbound_at: string | null;
            last_message: components["schemas"]["LastMessage"] | null;
            locale: string | null;
            owner: string;
            owner_name: string | null;
            owner_since: string | null;
            run: components["schemas"]["RunView"] | null;
            snoozed_until: string | null;
            status: string;
            team: string | null;
            unread: number;
            version: number;
            waiting: components["schemas"]["WaitingView"] | null;
        };
        /** @description A conversation in the list. */
        ConversationItem: {
            account: components["schemas"]["AccountName"];
            channel: string;
            contact: components["schemas"]["Named"];
            handoff: components["schemas"]["HandoffSummary"] | null;
            id: string;
            labels: string[];
            last_inbound_at: string | null;
            last_message: components["schemas"]["LastMessage"] | null;
            locale: string | null;
            owner: string;
            owner_name: string | null;
            owner_since: string | null;
            snoozed_until: string | null;
            status: string;
            team: string | null;
            unread: number;
            version: number;
            waiting: components["schemas"]["WaitingView"] | null;
        };
        /** @description What one signs in with. */
        Credentials: {
            email: string;
            password: string;
        };
        /** @description How many conversations nobody holds now. */
        Deactivated: {
            released: number;
        };
        /** @description A browser that one is signed in with. */
        DeviceView: {
            browser: string | null;
            current: boolean;
            id: string;
            /** Format: date-time */
            seen_at: string;
            /** Format: date-time */
            signed_in_at: string;
            system: string | null;
        };
        /** @description A flow/1 document. */
        Draft: {
            key: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The draft was stored; ``etag`` names it from now on. */
        DraftSaved: {
            etag: string;
            event_no: number;
            issues: components["schemas"]["IssueView"][];
        };
        /** @description Something happened; ``name`` is what the flow's step waits for. */
        EventBody: {
            data?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            idempotency_key?: string | null;
            name: string;
        };
        /** @description Something remembered of a person, and where they said it. */
        FactView: {
            at: string | null;
            conversation_id: string | null;
            message_id: string | null;
            name: string;
            value: unknown;
        };
        /** @description A value that differs; ``path`` is a JSON pointer within what changed. */
        FieldChange: {
            after: unknown;
            before: unknown;
            path: string;
        };
        /** @description Which files a channel takes as one kind of media: MIME types, bytes at most. */
        FileLimitView: {
            kinds: string[];
            largest: number;
            media: string;
        };
        /** @description A file that was handed over, to be sent with a message. */
        FileView: {
            id: string;
            media: string;
            mime: string;
            name: string;
            /** @description Bytes. */
            size: number;
        };
        /** @description Which flow answers new conversations, by id or key; null: the business's default. */
        FlowBody: {
            flow_id: string | null;
        };
        /** @description What a tenant's flows may refer to. */
        FlowCatalog: {
            assets: string[];
            connections: string[];
            flows: components["schemas"]["FlowOption"][];
            guards: string[];
            knowledge: components["schemas"]["KeyedOption"][];
            models: string[];
            pipelines: components["schemas"]["PipelineOption"][];
            queues: components["schemas"]["KeyedOption"][];
            require_consent: boolean;
            templates: components["schemas"]["TemplateOption"][];
            tenant: string[];
            tools: components["schemas"]["ToolOption"][];
        };
        /** @description A flow with its draft. */
        FlowDetail: {
            default: boolean;
            document: {
                [key: string]: unknown;
            };
            etag: string;
            id: string;
            key: string;
            kind: string;
            name: string;
            published: boolean;
            release_id: string | null;
            releases: components["schemas"]["ReleaseView"][];
            /** Format: date-time */
            updated_at: string;
        };
        /** @description How two states of a flow differ in what they do; layout is left out. */
        FlowDiff: {
            fields: components["schemas"]["FieldChange"][];
            nodes: components["schemas"]["NodeChange"][];
            same: boolean;
            texts: components["schemas"]["TextChange"][];
            triggers: components["schemas"]["PartChange"][];
            variables: components["schemas"]["PartChange"][];
        };
        /** @description A way from one node to another. */
        FlowEdge: {
            port: string | null;
            source: string;
            taken: boolean;
            target: string;
        };
        /** @description A flow/1 document with what stands beside it in a file; each is left out where there is none of it. */
        FlowFile: {
            key: string;
            requires?: components["schemas"]["Requirement"][];
            tests?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A flow in the list; ``etag`` names the draft. */
        FlowItem: {
            default: boolean;
            etag: string;
            id: string;
            key: string;
            kind: string;
            name: string;
            published: boolean;
            release_id: string | null;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description A node near the way that a turn took. */
        FlowNode: {
            id: string;
            /** @enum {string} */
            state: "passed" | "current" | "beside";
            title: string;
            type: string | null;
        };
        /** @description Another flow that may be called or jumped to. */
        FlowOption: {
            inputs: components["schemas"]["VariableOption"][];
            key: string;
            kind: string;
            name: string;
            outcomes: string[];
            outputs: components["schemas"]["VariableOption"][];
            published: boolean;
        };
        /** @description A flow to begin with. ``needs`` is what the business lacks for it. */
        FlowTemplateView: {
            key: string;
            languages: string[];
            needs: components["schemas"]["RequirementState"][];
            steps: number;
            tests: number;
            text: {
                [key: string]: string;
            };
            title: {
                [key: string]: string;
            };
        };
        /** @description A flow's tests as they were written: YAML. */
        FlowTests: {
            etag: string;
            saved_by: string | null;
            text: string;
            updated_at: string | null;
        };
        /** @description Whose password is to be set anew; ``locale`` is that of the page. */
        ForgottenBody: {
            email: string;
            /** @enum {string} */
            locale?: "tr" | "en" | "ru" | "kk" | "ar";
        };
        /** @description Structured data that a customer sent: an in-chat form, an order. */
        FormPart: {
            data?: {
                [key: string]: unknown;
            };
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "form";
            name: string;
            text?: string | null;
        };
        /** @description Rows of which all, or any, must hold. */
        Group: {
            all?: (components["schemas"]["Row"] | components["schemas"]["Group"])[];
            any?: (components["schemas"]["Row"] | components["schemas"]["Group"])[];
        };
        /** @description Giving a conversation back. */
        HandBackBody: {
            note?: string | null;
        };
        /** @description The handoff that was open. */
        HandoffBefore: {
            id: string;
            /** @enum {string} */
            state: "waiting" | "claimed";
        };
        /** @description What staff read before they answer. */
        HandoffBrief: {
            by_model: boolean;
            collected: {
                [key: string]: unknown;
            };
            error: string | null;
            reason: string | null;
            suggested_reply: string | null;
            summary: string | null;
        };
        /** @description The same with its brief. */
        HandoffDetail: {
            brief: components["schemas"]["HandoffBrief"];
            /** Format: date-time */
            created_at: string;
            escalated_at: string | null;
            id: string;
            queue: string;
            reason: string;
            state: string;
            version: number;
        };
        /** @description A handoff in the queue. */
        HandoffItem: {
            brief: components["schemas"]["HandoffBrief"];
            claimed_by: string | null;
            contact: components["schemas"]["Named"];
            conversation_id: string;
            /** Format: date-time */
            created_at: string;
            due_at: string | null;
            escalated_at: string | null;
            id: string;
            priority: number;
            queue: string;
            reason: string;
            state: string;
            version: number;
        };
        /** @description An open request for a person, as the list shows it. */
        HandoffSummary: {
            /** Format: date-time */
            created_at: string;
            escalated_at: string | null;
            id: string;
            queue: string;
            reason: string;
            state: string;
            version: number;
        };
        /** @description Something that happened to a conversation: a handoff, its status, a flag, its team, where it goes on. */
        HappeningView: {
            actor: string;
            /** Format: date-time */
            at: string;
            details: {
                [key: string]: unknown;
            };
            id: string;
            /** @enum {string} */
            kind: "owner" | "returned" | "handoff" | "handoff_ended" | "status" | "flagged" | "team" | "escalated" | "fallback" | "event" | "referral" | "told" | "joined";
            names: {
                [key: string]: string;
            };
        };
        /** @description How an account stands at its provider. */
        Health: {
            fix: string | null;
            name: string | null;
            ok: boolean;
            problem: string | null;
        };
        /** @description What everybody is told who asks for a new password. */
        Heard: {
            told: boolean;
        };
        /** @description The demo's sign-in. */
        Hint: {
            email: string;
            password: string;
        };
        /** @description A key of a person at a provider. */
        IdentityView: {
            account: string;
            channel: string;
            kind: string;
            value: string;
        };
        /** @description How many conversations each view shows, and at which event number that is valid. */
        InboxCounts: {
            agent: number;
            all: number;
            event_no: number;
            mine: number;
            resolved: number;
            snoozed: number;
            teams: components["schemas"]["TeamCount"][];
            undelivered: number;
            waiting: number;
        };
        /** @description Whom to ask in. */
        InvitationBody: {
            email: string;
            /** @enum {string} */
            locale?: "tr" | "en" | "ru" | "kk" | "ar";
            role: components["schemas"]["Role"];
        };
        /** @description Somebody who was asked in and has not come yet. */
        InvitationView: {
            email: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            /** Format: date-time */
            invited_at: string;
            locale: string;
            role: string;
        };
        /** @description An invitation was made; ``sent``: a mail server took the letter. ``connected``: there is one. */
        Invited: {
            connected: boolean;
            id: string;
            sent: boolean;
        };
        /** @description One fault of a flow. */
        IssueView: {
            code: string;
            fix: string;
            message: string;
            pointer: string;
            /** @enum {string} */
            severity: "error" | "warning";
        };
        /** @description A list that fits on one page. */
        Items: {
            items: {
                [key: string]: unknown;
            }[];
            next_cursor: null;
        };
        /** @description Joining by a mailed link; who has a password already sends none. */
        JoinBody: {
            name?: string | null;
            password?: string | null;
            ticket: string;
        };
        /** @description Who joined; ``signed_in`` where a password was set just now. */
        Joined: {
            csrf_token: string;
            email: string;
            signed_in: boolean;
        };
        JsonValue: unknown;
        /** @description A key for a program. */
        KeyBody: {
            name: string;
            role: components["schemas"]["Role"];
        };
        /** @description A new key with its secret, which is shown this once. */
        KeyMade: {
            api_key: string;
            id: string;
        };
        /** @description A key, without its secret. */
        KeyView: {
            /** Format: date-time */
            created_at: string;
            id: string;
            name: string;
            role: string;
        };
        /** @description Something a flow names by its key. */
        KeyedOption: {
            key: string;
            name: string;
        };
        /** @description All labels of a conversation. */
        LabelsBody: {
            labels: string[];
        };
        /** @description The newest words of a conversation. */
        LastMessage: {
            at: string | null;
            author: string;
            text: string;
        };
        /** @description Who works on a lead, and what it is worth; null: nobody, not known. */
        LeadBody: {
            currency?: string | null;
            owner_id: string | null;
            value: number | null;
        };
        /** @description A lead with where it was told. */
        LeadDetail: {
            channel: string | null;
            contact: components["schemas"]["Named"];
            conversation_id: string | null;
            /** Format: date-time */
            created_at: string;
            currency: string | null;
            email: string | null;
            fields: {
                [key: string]: unknown;
            };
            id: string;
            name: string | null;
            owner: components["schemas"]["Named"] | null;
            phone: string | null;
            pipeline: string;
            source: components["schemas"]["LeadSource"] | null;
            source_message_id: string | null;
            stage: string;
            tags: string[];
            /** Format: date-time */
            updated_at: string;
            value: number | null;
            version: number;
        };
        /** @description The message that a lead was captured from. */
        LeadSource: {
            /** Format: date-time */
            at: string;
            conversation_id: string;
            message_id: string;
            text: string;
        };
        /** @description Somebody who may become a customer. */
        LeadView: {
            channel: string | null;
            contact: components["schemas"]["Named"];
            conversation_id: string | null;
            /** Format: date-time */
            created_at: string;
            currency: string | null;
            email: string | null;
            fields: {
                [key: string]: unknown;
            };
            id: string;
            name: string | null;
            owner: components["schemas"]["Named"] | null;
            phone: string | null;
            pipeline: string;
            source_message_id: string | null;
            stage: string;
            tags: string[];
            value: number | null;
            version: number;
        };
        /** @description A conversation that was left where it is. */
        Left: {
            conversation_id: string;
            /** @enum {string} */
            why: "busy" | "ended" | "elsewhere" | "altered";
        };
        /** @description A place; degrees WGS 84. */
        LocationPart: {
            address?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "location";
            latitude: number;
            longitude: number;
            name?: string | null;
            url?: string | null;
        };
        /** @description Who asks, for whom, and what is connected. */
        Me: {
            colleagues: number;
            csrf_token: string;
            memberships: components["schemas"]["MembershipView"][];
            model_connected: boolean;
            role: string;
            simulator_url: string | null;
            staff: components["schemas"]["StaffView"] | null;
            tenant: components["schemas"]["TenantName"];
        };
        /** @description A picture, film, recording, sticker or file; one of ``url``, ``media_id``, ``asset``, ``file`` locates it. */
        MediaPart: {
            asset?: string | null;
            caption?: string | null;
            error?: string | null;
            file?: string | null;
            filename?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "media";
            /** @enum {string} */
            media: "image" | "video" | "audio" | "voice" | "document" | "sticker";
            media_id?: string | null;
            mime?: string | null;
            sha256?: string | null;
            url?: string | null;
        };
        /** @description Somebody who works here, or did. */
        MemberView: {
            active: boolean;
            email: string;
            id: string;
            name: string;
            role: string;
            seen_at: string | null;
            /** Format: date-time */
            since: string;
        };
        /** @description A tenant that the person works for. */
        MembershipView: {
            name: string;
            role: string;
            tenant_id: string;
        };
        /** @description Who is the same person. */
        MergeBody: {
            other_id: string;
        };
        /** @description Somebody who was joined into this person. */
        MergeView: {
            /** Format: date-time */
            at: string;
            by: string | null;
            id: string;
            name: string | null;
        };
        /** @description Two contacts are one; ``merge_id`` takes them apart again. */
        Merged: {
            event_no: number;
            merge_id: string;
        };
        /** @description A message of staff. */
        MessageBody: {
            file?: string | null;
            idempotency_key?: string | null;
            text?: string | null;
        };
        /** @description A message in which it stands, or a note of staff; of several messages with several words, the one with most. */
        MessageFound: {
            /** Format: date-time */
            at: string;
            author: string;
            channel: string;
            contact: components["schemas"]["Named"];
            conversation_id: string;
            message_id: string;
            note: boolean;
            on_contact: boolean;
            shown: components["schemas"]["Piece"][];
            status: string;
        };
        /** @description One message; ``text`` is what a person would read of its parts. */
        MessageView: {
            author: string;
            author_name: string | null;
            /** Format: date-time */
            created_at: string;
            delivery: string;
            /** Format: date-time */
            event_at: string;
            forwarded: boolean;
            id: string;
            no: number;
            parts: (components["schemas"]["TextPart"] | components["schemas"]["MediaPart"] | components["schemas"]["LocationPart"] | components["schemas"]["ContactsPart"] | components["schemas"]["ChoicesPart"] | components["schemas"]["CardsPart"] | components["schemas"]["TemplatePart"] | components["schemas"]["FormPart"] | components["schemas"]["SharedPart"] | components["schemas"]["UnsupportedPart"])[];
            quotes: components["schemas"]["QuoteView"] | null;
            reason: string | null;
            referral: components["schemas"]["Referral"] | null;
            reply_to: string | null;
            story: components["schemas"]["StoryView"] | null;
            text: string;
            turn_id: string | null;
            version: number;
        };
        /** @description From which version to which (without it: what is live); ``map`` says which node stands for one that is gone. */
        MigrateBody: {
            dry_run?: boolean;
            from: number;
            map?: {
                [key: string]: string;
            };
            to?: number | null;
        };
        /** @description Who stands where on a version, and, unless it was a dry run, who was moved. */
        Migration: {
            dry_run: boolean;
            left: components["schemas"]["Left"][];
            more: boolean;
            moved: number;
            nodes: components["schemas"]["StandingPlace"][];
            release_id: string;
            safe: boolean;
        };
        /** @description One call to a model and what it cost. */
        ModelCall: {
            model: string;
            ms: number;
            outcome: string;
            purpose: string;
            tokens_in: number;
            tokens_out: number;
            usd: number;
        };
        /** @description Something by its id and name. */
        Named: {
            id: string;
            name: string | null;
        };
        /** @description A flow/1 document; or ``template``, the key of one to begin with, with its ``name`` and ``locale``. */
        NewFlow: {
            key?: string | null;
            locale?: string | null;
            name?: string | null;
            template?: string | null;
        } & {
            [key: string]: unknown;
        };
        /** @description A password, by a mailed link. */
        NewPasswordBody: {
            password: string;
            ticket: string;
        };
        /** @description A node that differs. */
        NodeChange: {
            /** @enum {string} */
            change: "added" | "removed" | "changed";
            fields: components["schemas"]["FieldChange"][];
            key: string;
            ports: components["schemas"]["PortChange"][];
            texts: components["schemas"]["TextChange"][];
            title: string;
            type: string;
        };
        /** @description A note was stored. */
        NoteAdded: {
            event_no: number;
            note_id: string;
        };
        /** @description A note for colleagues. */
        NoteBody: {
            mentions?: string[];
            text: string;
        };
        /** @description A note of staff on a conversation; customers never see it. */
        NoteView: {
            author_name: string | null;
            /** Format: date-time */
            created_at: string;
            id: string;
            mentions: components["schemas"]["Named"][];
            staff_id: string | null;
            text: string;
        };
        /** @description How one wants to be told. */
        NoticesBody: {
            mail_after_minutes?: number | null;
            quiet?: components["schemas"]["Quiet"] | null;
            timezone?: string;
        };
        /** @description How one is told. */
        NoticesView: {
            mail_after_minutes: number | null;
            mail_connected: boolean;
            push_key: string;
            quiet: components["schemas"]["Quiet"] | null;
            this_browser: boolean;
            timezone: string;
        };
        /** @description One stretch of a weekday (0 = Monday), local time; ``end`` before ``start`` runs past midnight. */
        OpenHours: {
            day: number;
            /** Format: time */
            end: string;
            /** Format: time */
            start: string;
        };
        /** @description One thing to tap; ``id`` comes back in the tap. */
        Option: {
            description?: string | null;
            id: string;
            label: string;
        };
        Page_AccountEventView_: {
            event_no: number | null;
            items: components["schemas"]["AccountEventView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_AuditEntry_: {
            event_no: number | null;
            items: components["schemas"]["AuditEntry"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_CannedReply_: {
            event_no: number | null;
            items: components["schemas"]["CannedReply"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_ChannelView_: {
            event_no: number | null;
            items: components["schemas"]["ChannelView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_Colleague_: {
            event_no: number | null;
            items: components["schemas"]["Colleague"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_ContactItem_: {
            event_no: number | null;
            items: components["schemas"]["ContactItem"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_ConversationItem_: {
            event_no: number | null;
            items: components["schemas"]["ConversationItem"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_DeviceView_: {
            event_no: number | null;
            items: components["schemas"]["DeviceView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_FlowItem_: {
            event_no: number | null;
            items: components["schemas"]["FlowItem"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_FlowTemplateView_: {
            event_no: number | null;
            items: components["schemas"]["FlowTemplateView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_HandoffItem_: {
            event_no: number | null;
            items: components["schemas"]["HandoffItem"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_HappeningView_: {
            event_no: number | null;
            items: components["schemas"]["HappeningView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_InvitationView_: {
            event_no: number | null;
            items: components["schemas"]["InvitationView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_KeyView_: {
            event_no: number | null;
            items: components["schemas"]["KeyView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_LeadView_: {
            event_no: number | null;
            items: components["schemas"]["LeadView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_MemberView_: {
            event_no: number | null;
            items: components["schemas"]["MemberView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_MessageView_: {
            event_no: number | null;
            items: components["schemas"]["MessageView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_NoteView_: {
            event_no: number | null;
            items: components["schemas"]["NoteView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_PipelineView_: {
            event_no: number | null;
            items: components["schemas"]["PipelineView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_PlannedView_: {
            event_no: number | null;
            items: components["schemas"]["PlannedView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_QuarantinedEvent_: {
            event_no: number | null;
            items: components["schemas"]["QuarantinedEvent"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_StageSum_: {
            event_no: number | null;
            items: components["schemas"]["StageSum"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_TeamView_: {
            event_no: number | null;
            items: components["schemas"]["TeamView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_TurnView_: {
            event_no: number | null;
            items: components["schemas"]["TurnView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_UndeliveredView_: {
            event_no: number | null;
            items: components["schemas"]["UndeliveredView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_UsageRow_: {
            event_no: number | null;
            items: components["schemas"]["UsageRow"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        Page_VersionView_: {
            event_no: number | null;
            items: components["schemas"]["VersionView"][];
            newer_cursor: string | null;
            next_cursor: string | null;
        };
        /** @description A variable or a trigger that differs. */
        PartChange: {
            /** @enum {string} */
            change: "added" | "removed" | "changed";
            fields: components["schemas"]["FieldChange"][];
            key: string;
            texts: components["schemas"]["TextChange"][];
        };
        /** @description Two contacts again; ``contact_id`` is the one that is back. */
        Parted: {
            contact_id: string;
            event_no: number;
        };
        /** @description A new password, with the present one. */
        PasswordBody: {
            new: string;
            old: string;
        };
        /** @description Somebody whose name or number was looked for. */
        PersonFound: {
            at: string | null;
            channel: string | null;
            contact: components["schemas"]["Named"];
            conversation_id: string | null;
            shown: components["schemas"]["Piece"][];
        };
        /** @description A stretch of text; ``hit``: it is what was looked for. Text, never markup. */
        Piece: {
            hit: boolean;
            text: string;
        };
        /** @description A pipeline, with its stages in order. */
        PipelineOption: {
            key: string;
            name: string;
            stages: components["schemas"]["KeyedOption"][];
        };
        /** @description A pipeline with its stages in order. */
        PipelineView: {
            count: number;
            key: string;
            name: string;
            stages: components["schemas"]["StageView"][];
        };
        /** @description Words were kept until their moment. */
        PlannedAdded: {
            event_no: number;
            id: string;
        };
        /** @description What is to be said, and when. */
        PlannedBody: {
            /** Format: date-time */
            at: string;
            file?: string | null;
            text?: string | null;
        };
        /** @description Words that are to be said later; ``refused``: why they were not when they were due. */
        PlannedView: {
            /** Format: date-time */
            at: string;
            by: components["schemas"]["Named"];
            file: components["schemas"]["FileView"] | null;
            id: string;
            refused: string | null;
            text: string;
        };
        /** @description A tenant's rules as data. */
        Policy: {
            assignment?: components["schemas"]["Assignment"];
            blocked_words?: string[];
            busy_backlog?: number;
            /** Format: duration */
            handoff_sla?: string;
            holidays?: string[];
            hours?: components["schemas"]["OpenHours"][];
            /** Format: duration */
            idle_return?: string;
            opt_out_words?: string[];
            quiet_hours?: [
                string,
                string
            ] | null;
            require_consent?: boolean;
            scope?: string | null;
            timezone?: string;
        };
        /** @description An exit that leads elsewhere; None: nowhere. */
        PortChange: {
            after: string | null;
            before: string | null;
            port: string;
        };
        /** @description What the person does just now; to be told again while it lasts. */
        PresenceBody: {
            /** @enum {string} */
            state: "viewing" | "typing" | "gone";
        };
        /** @description Who else is there; what changes is told by the live stream, as ``presence``. */
        PresenceView: {
            items: components["schemas"]["PresentView"][];
        };
        /** @description A member of staff who looks at a conversation, or writes in it. */
        PresentView: {
            name: string | null;
            staff_id: string;
            /** @enum {string} */
            state: "viewing" | "typing";
        };
        /** @description Which preview. */
        PreviewBody: {
            name?: string;
            session: string;
        };
        /** @description What each step led to. ``items[].turn`` names a turn that a later request may go on ``after``. */
        Previewed: {
            items: {
                [key: string]: unknown;
            }[];
            session: string;
        };
        Problem: {
            /** @description Stable; what programs decide by. */
            code: string;
            status: number;
            title: string;
            type: string;
        };
        /** @description Everything that staff see of a person. */
        Profile: {
            channels: string[];
            consents: components["schemas"]["ConsentView"][];
            conversations: string[];
            /** Format: date-time */
            created_at: string;
            facts: {
                [key: string]: unknown;
            };
            id: string;
            identities: {
                [key: string]: string;
            }[];
            keys: components["schemas"]["IdentityView"][];
            known: components["schemas"]["FactView"][];
            leads: components["schemas"]["LeadView"][];
            locale: string | null;
            merged: components["schemas"]["MergeView"][];
            name: string | null;
            notes: components["schemas"]["ContactNoteView"][];
            opted_out: boolean;
            same_key: components["schemas"]["Named"][];
            tags: string[];
            talks: components["schemas"]["TalkView"][];
        };
        /** @description How one is called, and in which language one is written to. */
        ProfileBody: {
            /** @enum {string} */
            locale: "tr" | "en" | "ru" | "kk" | "ar";
            name: string;
        };
        /** @description What changed, in the author's words. */
        PublishBody: {
            note?: string | null;
        };
        /** @description A browser's push subscription, as the browser writes it. */
        PushBody: {
            endpoint: string;
            keys: components["schemas"]["BrowserKeys"];
        };
        /** @description An event that nobody understood, or that could not be stored as what it is; kept, and answered 200. */
        QuarantinedEvent: {
            channel_account_id: string;
            data: unknown;
            id: string;
            kind: string;
            reason: string | null;
            /** Format: date-time */
            received_at: string;
        };
        /** @description From when to when one wants to hear nothing; ``to`` before ``start`` runs past midnight. */
        Quiet: {
            /**
             * Format: time
             * @description Local time, HH:MM.
             */
            start: string;
            /**
             * Format: time
             * @description Local time, HH:MM.
             */
            to: string;
        };
        /** @description A message that another one answers; without an id it is not kept here: older, erased, or of another account. */
        QuoteView: {
            author: string | null;
            message_id: string | null;
            text: string;
        };
        /** @description Where the customer came from: an ad, a link, a shop's product. */
        Referral: {
            ad_id?: string | null;
            click_id?: string | null;
            headline?: string | null;
            media_url?: string | null;
            post_id?: string | null;
            product_id?: string | null;
            ref?: string | null;
            source?: string | null;
            text?: string | null;
            url?: string | null;
            welcome?: string | null;
        };
        /** @description New conversations take this release. */
        ReleaseMade: {
            event_no: number;
            release_id: string;
            warnings: components["schemas"]["IssueView"][];
        };
        /** @description A published state of a flow. */
        ReleaseView: {
            author: string | null;
            /** Format: date-time */
            created_at: string;
            hash: string;
            id: string;
            note: string | null;
        };
        /** @description Something of the business's that a flow names. */
        Requirement: {
            /** @enum {string} */
            kind: "connection" | "knowledge" | "asset" | "queue" | "pipeline" | "stage" | "template" | "tool" | "model" | "guard" | "variable" | "flow";
            name: string;
            of: string | null;
        };
        /** @description Whether the business has it; ``fix`` says how to add it. */
        RequirementState: {
            fix: string;
            /** @enum {string} */
            kind: "connection" | "knowledge" | "asset" | "queue" | "pipeline" | "stage" | "template" | "tool" | "model" | "guard" | "variable" | "flow";
            name: string;
            of: string | null;
            present: boolean;
        };
        /** @description Everything that a flow needs of a business. */
        Requirements: {
            items: components["schemas"]["RequirementState"][];
        };
        /** @description How one conversation stood before. */
        Restored: {
            before: components["schemas"]["Before-Input"];
            id: string;
        };
        /**
         * @description What a member or an API key may do; each includes the ones after it.
         * @enum {string}
         */
        Role: "owner" | "admin" | "builder" | "staff";
        /** @description Another role. */
        RoleBody: {
            role: components["schemas"]["Role"];
        };
        /** @description Which release to go back to; without it, the one before. */
        RollbackBody: {
            release_id?: string | null;
        };
        /** @description One comparison: a variable, an operator, a value or another variable. */
        Row: {
            /** @enum {string} */
            op: "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "in" | "not_in" | "contains" | "starts_with" | "set" | "not_set" | "between";
            value?: components["schemas"]["JsonValue"];
            var: string;
        };
        /** @description Where the flow of a conversation stands, and since when. */
        RunView: {
            cursor: string | null;
            release_id: string;
            since: string | null;
            title: string | null;
            type: string | null;
        };
        /** @description What was found, the newest first; ``next_cursor`` asks for older messages. */
        SearchAnswer: {
            complete: boolean;
            event_no: number;
            items: components["schemas"]["MessageFound"][];
            next_cursor: string | null;
            people: components["schemas"]["PersonFound"][];
        };
        /** @description A message was taken for sending. */
        Sent: {
            event_no: number;
            message_id: string;
        };
        /** @description What a panel says when it opens. */
        SessionBody: {
            locale?: string | null;
        };
        /** @description Something shared from the provider's own pages: a post, reel, story, product. */
        SharedPart: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "shared";
            ref?: string | null;
            shape: string;
            title?: string | null;
            url?: string | null;
        };
        /** @description What mutations send as X-CSRF-Token. */
        SignedIn: {
            csrf_token: string;
        };
        /** @description How many browsers were signed out. */
        SignedOut: {
            count: number;
        };
        /** @description Putting a conversation aside. */
        SnoozeBody: {
            until?: string | null;
        };
        /** @description A moment that one may put a conversation aside until. */
        SnoozeChoice: {
            /** Format: date-time */
            at: string;
            key: string;
        };
        /** @description The usual moments, by the business's hours. */
        SnoozeChoices: {
            items: components["schemas"]["SnoozeChoice"][];
            timezone: string;
        };
        /** @description The person who is signed in. */
        StaffView: {
            email: string;
            id: string;
            locale: string | null;
            name: string;
        };
        /** @description Another stage of the lead's pipeline. */
        StageBody: {
            stage: string;
        };
        /** @description What stands in a stage: how many leads, and what they are worth by currency. */
        StageSum: {
            count: number;
            stage: string;
            values: {
                [key: string]: number;
            };
        };
        /** @description A stage of a pipeline. */
        StageView: {
            key: string;
            name: string;
        };
        /** @description A node of the other release that may stand for one: of its type, in the same flow. */
        StandIn: {
            node: string;
            title: string;
        };
        /** @description A node where conversations stand, or to which they return, and where they would in the other release. */
        StandingPlace: {
            choices: components["schemas"]["StandIn"][];
            conversations: number;
            node: string;
            reason: ("gone" | "type" | "exit" | "answer" | "saved" | "fields" | "calls" | "variable") | null;
            returns: boolean;
            sample: string[];
            title: string;
            to: string | null;
            type: string;
            why: string | null;
        };
        /** @description What one step of a case led to. */
        StepOutcome: {
            at: string | null;
            did: string;
            failures: string[];
            path: string[];
            said: string[];
        };
        /** @description One node's visit within a turn; ``gate`` is where the flow read what had happened. */
        StepView: {
            changed: {
                [key: string]: unknown;
            };
            facts: {
                [key: string]: unknown;
            };
            ms: number;
            node: string;
            phase: string;
            port: string | null;
            title: string;
            type: string | null;
        };
        /** @description A story of the business that a message answers; its address works for as long as the story does. */
        StoryView: {
            id: string | null;
            url: string | null;
        };
        /** @description All tags of a person. */
        TagsBody: {
            tags: string[];
        };
        /** @description The conversation changed hands; ``on_its_way`` are messages of the agent that still got out, or may have. */
        Taken: {
            event_no: number;
            on_its_way: string[];
            owner: string;
        };
        /** @description A conversation of a person. */
        TalkView: {
            account: string;
            channel: string;
            /** Format: date-time */
            created_at: string;
            id: string;
            last_at: string | null;
            owner: string;
            owner_name: string | null;
            status: string;
        };
        /** @description An option that was tapped. */
        TapBody: {
            payload: string;
            title?: string;
        };
        /** @description A team; its key is what flows call it. */
        TeamBody: {
            key: string;
            members: string[];
            name: string;
        };
        /** @description How many open conversations are a team's, and how many of them nobody holds. */
        TeamCount: {
            key: string;
            name: string;
            open: number;
            waiting: number;
        };
        /** @description A team with who is in it. */
        TeamView: {
            key: string;
            members: components["schemas"]["Named"][];
            name: string;
            open: number;
            waiting: number;
        };
        /** @description A message template, with its words by language. */
        TemplateOption: {
            bodies: {
                [key: string]: string;
            };
            name: string;
            params: number;
        };
        /** @description A message template approved by the provider; ``preview`` is what staff see. */
        TemplatePart: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "template";
            language: string;
            name: string;
            params?: string[];
            preview?: string | null;
        };
        /** @description A business with what its flows know as ``tenant.*``. */
        TenantDetail: {
            constants: {
                [key: string]: unknown;
            };
            country: string;
            id: string;
            locale: string;
            name: string;
            timezone: string;
        };
        /** @description A tenant. */
        TenantName: {
            id: string;
            name: string;
        };
        /** @description What is tested: ``draft``, ``live`` or a version's number; with ``text`` by cases that are not stored (yet). */
        TestBody: {
            names?: string[];
            on?: string;
            text?: string | null;
        };
        /** @description How a flow's tests went, and which of its exits they take. */
        TestReport: {
            cases: components["schemas"]["CaseOutcome"][];
            ok: boolean;
            taken: {
                [key: string]: number;
            };
            untaken: string[];
        };
        /** @description A file of cases, as docs/flows.md describes it; empty: none. */
        TestsBody: {
            text: string;
        };
        /** @description The tests were stored; ``etag`` names them from now on. */
        TestsSaved: {
            etag: string;
        };
        /** @description Words that differ, in one language. */
        TextChange: {
            after: string | null;
            before: string | null;
            locale: string;
            path: string;
        };
        /** @description Words. */
        TextPart: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "text";
            text: string;
        };
        /** @description What a mailed link carries after its ``#``. */
        TicketBody: {
            ticket: string;
        };
        /** @description What a mailed link is for. */
        TicketView: {
            business: string | null;
            email: string;
            has_password: boolean;
            kind: string;
            role: string | null;
        };
        /** @description What a model may be given. */
        ToolOption: {
            description: string;
            key: string;
            title: {
                [key: string]: string;
            };
        };
        /** @description Steps of a conversation on the draft as it is now: from its start, or going on with one that was begun. */
        Trial: {
            /** @description Goes on after this turn of the session; without it after its newest. */
            after?: string | null;
            /** @description Counts where a session begins. */
            channel?: components["schemas"]["ChannelType"];
            /** @description Counts where a session begins. */
            locale?: string | null;
            /** @description What stands in for services and models, as in tests; a write that lacks succeeds, a read fails. */
            mock?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** @description Goes on with this preview; without it a new one begins. */
            session?: string | null;
            /** @description Counts where a session begins. */
            start?: components["schemas"]["TrialStart"] | null;
            steps: components["schemas"]["TrialStep"][];
        };
        /** @description Where a session begins instead of the flow's entry, and with what. */
        TrialStart: {
            /** @description What time it is. */
            at?: string | null;
            node?: string | null;
            variables?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /** @description What happens: words, a tap on an option by its id, time, staff giving back, an event; nothing: it begins. */
        TrialStep: {
            /** @description Due timers ring, in order: ``PT15M``. */
            advance?: string | null;
            /** @description What came with the event. */
            data?: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /** @description Another program tells that this happened. */
            event?: string | null;
            handback?: string | null;
            payload?: string | null;
            text?: string | null;
        };
        /** @description What an expression, a text or rows come to for the variables given. */
        Tried: {
            error: string | null;
            ok: boolean;
            reads: {
                [key: string]: unknown;
            };
            rows: boolean[] | null;
            value: unknown;
        };
        /** @description One of ``expression`` (CEL), ``template`` (words with ``{{ }}``) or ``rows``, on these variables. */
        TryBody: {
            expression?: string | null;
            locale?: string;
            rows?: (components["schemas"]["Row"] | components["schemas"]["Group"])[] | components["schemas"]["Group"] | null;
            template?: string | null;
            timezone?: string;
            variables?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /** @description One turn with everything that explains it. */
        TurnDetail: {
            calls: components["schemas"]["ModelCall"][];
            edges: components["schemas"]["FlowEdge"][];
            error: string | null;
            id: string;
            ms: number;
            no: number;
            node: string | null;
            nodes: components["schemas"]["FlowNode"][];
            outcome: string;
            /** Format: date-time */
            started_at: string;
            steps: components["schemas"]["StepView"][];
            tokens_in: number;
            tokens_out: number;
            trail: unknown;
            usd: number;
        };
        /** @description Why the agent said what it said: one turn with its trail. */
        TurnView: {
            error: string | null;
            id: string;
            ms: number;
            no: number;
            node: string | null;
            outcome: string;
            /** Format: date-time */
            started_at: string;
            tokens_in: number;
            tokens_out: number;
            trail: unknown;
            usd: number;
        };
        /** @description A request that failed for good, or of which nobody knows what became. */
        UndeliveredView: {
            /** Format: date-time */
            at: string;
            author: string;
            channel: string;
            channel_account_id: string;
            code: number | null;
            contact: components["schemas"]["Named"];
            conversation_id: string;
            fix: string | null;
            id: string;
            message_id: string;
            reason: string | null;
            /** @enum {string} */
            state: "failed" | "unknown";
            text: string;
        };
        /** @description Something the provider or we cannot show; kept so that staff see that it came. */
        UnsupportedPart: {
            data?: unknown;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "unsupported";
            note?: string | null;
            what: string;
        };
        /** @description What one model cost on one day for one purpose. */
        UsageRow: {
            calls: number;
            day: string;
            model: string;
            purpose: string;
            tokens_in: number;
            tokens_out: number;
            usd: number;
        };
        /** @description A variable that a sub-flow takes or gives. */
        VariableOption: {
            name: string;
            type: string;
        };
        /** @description Whether a message of staff may go out now, why not, and what is allowed instead. */
        VerdictView: {
            allowed: boolean;
            alternatives: components["schemas"]["AlternativeView"][];
            reason: string | null;
            tag: string | null;
            until: string | null;
        };
        /** @description What a version says. */
        VersionDocument: {
            document: {
                [key: string]: unknown;
            };
            n: number;
        };
        /** @description A published version. ``conversations`` are under way on it, and stay there. */
        VersionView: {
            /** Format: date-time */
            at: string;
            author: string | null;
            author_name: string | null;
            conversations: number;
            hash: string;
            live: boolean;
            n: number;
            note: string | null;
            release_id: string | null;
        };
        /** @description How long somebody has waited, in opening hours: ``seconds`` at a moment, growing while ``running``. */
        WaitingView: {
            /** Format: date-time */
            at: string;
            running: boolean;
            seconds: number;
            turns_at: string | null;
        };
        /** @description The message is stored. */
        WidgetAccepted: {
            message_id: string;
        };
        /** @description What a visitor says; repeating a ``client_id`` is harmless. */
        WidgetBody: {
            client_id: string;
            tap?: components["schemas"]["TapBody"] | null;
            text?: string | null;
        };
        /** @description What the panel shows before anything is said. */
        WidgetConfig: {
            accent: string | null;
            automatic: boolean;
            greeting: string | null;
            locale: string | null;
            model_connected: boolean;
            name: string;
            suggestions: string[];
        };
        /** @description A message as the visitor sees it. */
        WidgetMessage: {
            at: unknown;
            author: string;
            author_name: string | null;
            delivery: string;
            draft: string | null;
            id: string;
            no: number;
            parts: {
                [key: string]: unknown;
            }[];
            text: string;
        };
        /** @description Who answers. */
        WidgetOwner: {
            name: string | null;
            owner: string;
        };
        /** @description A visitor's session. */
        WidgetSession: {
            config: components["schemas"]["WidgetConfig"];
            last_event_id: string | null;
            messages: components["schemas"]["WidgetMessage"][];
            owner: components["schemas"]["WidgetOwner"] | null;
            session_token: string;
        };
        /** @description Which version the draft is to say again. */
        api__flows__RestoreBody: {
            n: number;
        };
        /** @description What is taken back. */
        api__queue__RestoreBody: {
            items: components["schemas"]["Restored"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
