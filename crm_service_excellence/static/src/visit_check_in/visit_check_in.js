import { Component, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { uuid } from "@web/core/utils/strings";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const POSITION_TIMEOUT = 5000; // milliseconds
// The browser's own clock stands still while it asks for permission; ours does not.
const PATIENCE = 10000;
const MAXIMUM_AGE = 15000; // a position of a moment ago is as good

/**
 * Ask the browser where we are. Never fails: without a position the action is
 * done all the same.
 */
export async function currentPosition() {
    const { geolocation } = browser.navigator;
    if (!geolocation) {
        return {};
    }
    return new Promise((resolve) => {
        const giveUp = browser.setTimeout(() => resolve({}), PATIENCE);
        geolocation.getCurrentPosition(
            ({ coords: { latitude, longitude, accuracy } }) => {
                browser.clearTimeout(giveUp);
                resolve({ latitude, longitude, accuracy, system: "wgs84" });
            },
            () => {
                browser.clearTimeout(giveUp);
                resolve({});
            },
            { enableHighAccuracy: true, timeout: POSITION_TIMEOUT, maximumAge: MAXIMUM_AGE }
        );
    });
}

/**
 * A big button that calls a method of the record with the position, then shows
 * the record as it is now (or what the method returns).
 *
 * The key goes with every attempt of the same press until one gets through, so
 * that a bad network cannot make two visits of one.
 */
export class VisitCheckIn extends Component {
    static template = "crm_service_excellence.VisitCheckIn";
    static props = {
        ...standardWidgetProps,
        method: String,
        string: String,
        busyString: { type: String, optional: true },
        icon: { type: String, optional: true },
        buttonClass: { type: String, optional: true },
    };
    static defaultProps = { icon: "fa-play", buttonClass: "btn-primary" };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.state = useState({ isBusy: false });
    }

    get storageKey() {
        const { resModel, resId } = this.props.record;
        return `crm_visit_check_in:${resModel},${resId}:${this.props.method}`;
    }

    /** The key of this press: the same until it got through. */
    takeKey() {
        let key = browser.sessionStorage.getItem(this.storageKey);
        if (!key) {
            key = uuid();
            browser.sessionStorage.setItem(this.storageKey, key);
        }
        return key;
    }

    /** A colleague's visit becomes one's own by starting it: ask before. */
    async mayGoOn() {
        const visitor = this.props.record.data.user_id;
        const isMine = !visitor || visitor.id === user.userId;
        if (this.props.method !== "action_start" || isMine) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(
                ConfirmationDialog,
                {
                    title: _t("Start a colleague's visit?"),
                    body: _t("This is a visit of %s. If you start it, it becomes yours.", visitor.display_name),
                    confirmLabel: _t("Start it"),
                    confirm: () => resolve(true),
                    cancel: () => resolve(false),
                },
                { onClose: () => resolve(false) }
            );
        });
    }

    async onClick() {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            await this.run();
        } finally {
            this.state.isBusy = false;
        }
    }

    async run() {
        const { record, method } = this.props;
        if (!(await this.mayGoOn()) || !(await record.save())) {
            return;
        }
        const position = await currentPosition();
        const result = await this.orm.call(record.resModel, method, [[record.resId]], {
            position: { ...position, key: this.takeKey() },
        });
        browser.sessionStorage.removeItem(this.storageKey);
        if (position.latitude === undefined) {
            this.notification.add(_t("Done without a position: the browser gave none."), {
                type: "info",
            });
        }
        if (result && result.type) {
            return this.action.doAction(result);
        }
        await record.load();
    }
}

registry.category("view_widgets").add("crm_visit_check_in", {
    component: VisitCheckIn,
    extractProps: ({ attrs }) => ({
        method: attrs.method,
        string: attrs.string,
        busyString: attrs.busy_string,
        icon: attrs.icon,
        buttonClass: attrs.button_class,
    }),
});
