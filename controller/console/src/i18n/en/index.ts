// SPDX-License-Identifier: Apache-2.0
import business from "./business.json";
import common from "./common.json";
import management from "./management.json";
import pods from "./pods.json";
import yaml from "./yaml.json";

export default { common, management, business, pods, yaml };
