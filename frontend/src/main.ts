/** What every page loads: styles, htmx, and the small behaviours that the pages work without, only less smoothly. */

import "./styles/main.css";

import { watchDialogs } from "./dialogs";
import { watchFocus } from "./focus";
import { watchGuardedForms } from "./guard";
import { watchMenus } from "./menus";
import { watchNetwork } from "./network";
import { watchPages } from "./pages";
import "./pages/index";

watchGuardedForms();
watchNetwork();
watchDialogs();
watchMenus();
watchFocus();
watchPages();
