// GOV.UK components that a page uses are started here; every page works without this file.
import { initAll } from "../govuk/govuk-frontend.min.js";

initAll();
