// SPDX-License-Identifier: Apache-2.0
// Objects as YAML: imported by file, checked, applied and taken back; edited with the difference before the save, and while others do.
import { asked, hands, must, until, visible } from "../steps.js";

const FAULTY = `apiVersion: v1
kind: ConfigMap
metadata: {name: yaml-one}
data:
  colour: green
   size: large
`;
const HALF_GOOD = `apiVersion: v1
kind: ConfigMap
metadata: {name: yaml-one}
data: {colour: green}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: yaml-two}
spec:
  replicas: many
`;
const GOOD = `apiVersion: v1
kind: ConfigMap
metadata: {name: yaml-one}
data:
  colour: green
  note: as it was
  place: here
  size: large
---
apiVersion: app.k8s.io/v1beta1
kind: Application
metadata: {name: yaml-app, labels: {app.kubernetes.io/name: yaml-app}}
spec:
  descriptor: {description: from a file}
  selector: {matchLabels: {app.kubernetes.io/name: yaml-app}}
  componentKinds: [{group: apps, kind: Deployment}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: yaml-three, labels: {app.kubernetes.io/name: yaml-app}}
spec:
  replicas: 0
  selector: {matchLabels: {app: yaml-three}}
  template: {metadata: {labels: {app: yaml-three}}, spec: {containers: [{name: main, image: 'busybox:1.35'}]}}
`;
const NAMESPACE = (name, project) => `apiVersion: v1
kind: Namespace
metadata: {name: ${name}, labels: {slipway.io/project: ${project}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: first, namespace: ${name}}
data: {colour: green}
`;

/** Drops a file on the page of imports. */
async function drop(flow, name, text) {
  const { page } = flow;
  const editor = page.getByLabel(flow.t("yaml.import.editor"), { exact: true });
  const files = await page.evaluateHandle(
    ([as, what]) => {
      const carried = new DataTransfer();
      carried.items.add(new File([what], as, { type: "application/yaml" }));
      return carried;
    },
    [name, text],
  );
  await editor.dispatchEvent("dragover", { dataTransfer: files });
  await visible(page.getByText(flow.t("yaml.import.drop"), { exact: true }));
  await editor.dispatchEvent("drop", { dataTransfer: files });
}

/** Files are dropped on the page; what is wrong is said where it stands, what would fail is not applied but on request, and is taken back. */
export async function importYaml(flow, { namespace, ...credentials }) {
  const { page } = flow;
  const { t, press, button } = hands(flow, "yaml");
  const object = (name) => page.getByRole("row").filter({ hasText: name });
  const there = async () => (await asked(flow, `/clusters/demo/configmaps?namespace=${namespace}&limit=500`)).items.some(({ name }) => name === "yaml-one");
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/yaml`);
  await drop(flow, "faulty.yaml", FAULTY);
  await press("import.check");
  const place = page.getByRole("button", { name: new RegExp(`^${t("import.place", { line: 6, column: "\\d+" })}: `) });
  await visible(place);
  await flow.look("yaml-fault");
  await place.click();
  await visible(page.locator(".cm-activeLineGutter").getByText("6", { exact: true }));
  await press("import.clear");
  await drop(flow, "half-good.yaml", HALF_GOOD);
  await visible(page.getByText(t("import.documents", { count: 2 }), { exact: true }));
  await press("import.check");
  await visible(object("ConfigMap/yaml-one").getByText(t("import.action.wouldCreate"), { exact: true }));
  await visible(object("Deployment/yaml-two").getByText(t("import.action.failed"), { exact: true }));
  await press("import.apply");
  await visible(page.getByText(t("import.stopped"), { exact: true }));
  must(!(await there()), "what the check stopped was made");
  await flow.look("yaml-checked");
  await press("import.applyAnyway");
  await visible(object("ConfigMap/yaml-one").getByText(t("import.action.created"), { exact: true }));
  await visible(object("Deployment/yaml-two").getByText(t("import.action.failed"), { exact: true }));
  await press("import.undo");
  await press("import.undo", page.getByRole("tooltip"));
  await visible(page.getByText(t("import.undone"), { exact: true }));
  must(
    (await flow.context.request.get(`${flow.base}/api/v1/clusters/demo/namespaces/${namespace}/objects/configmaps/yaml-one`)).status() === 404,
    "it is still there",
  );
  await press("import.clear");
  must(await button("import.apply").isDisabled(), "nothing can be applied");
  await drop(flow, "good.yaml", GOOD);
  await press("import.apply");
  await visible(page.getByText(t("import.applied"), { exact: true }));
  await object("ConfigMap/yaml-one").getByRole("link", { name: "ConfigMap/yaml-one" }).click();
  await page.waitForURL(/\/configmaps\/yaml-one$/);
  await flow.open(`/business/demo/${namespace}/applications/yaml-app`);
  await visible(page.getByText("from a file", { exact: true }));
  await visible(page.getByRole("link", { name: "Deployment/yaml-three", exact: true }));
}

/** A namespace of a project, with what is in it, from a file; it is moved to the project `other`. */
export async function namespaceByYaml(flow, { name, project, projectName, other, ...credentials }) {
  const { page } = flow;
  const { t, press, listed, dialog, choose, confirm, heading } = hands(flow, "yaml");
  const ofProject = (of) => page.getByRole("link", { name: of, exact: true });
  await flow.signIn(credentials);
  await flow.open("/management/namespaces");
  await press("management.namespace.byYaml");
  await page.waitForURL(/\/business\/demo\/-\/yaml$/);
  await drop(flow, "namespace.yaml", NAMESPACE(name, project));
  await press("import.apply");
  await visible(page.getByText(t("import.applied"), { exact: true }));
  await page.getByRole("link", { name: "ConfigMap/first" }).click();
  await page.waitForURL(new RegExp(`/business/demo/${name}/configmaps/first$`));
  await flow.open("/management/namespaces?limit=500");
  await visible(listed(name).getByRole("link", { name: projectName, exact: true }));
  await listed(name).getByRole("link", { name, exact: true }).click();
  await heading(name);
  await visible(ofProject(projectName));
  await press("management.namespace.move");
  await choose(dialog.getByLabel(t("common.place.project"), { exact: true }), other);
  await confirm();
  await visible(ofProject(other));
  must((await ofProject(projectName).count()) === 0, "it is of both projects");
}

/** Puts the last word of `becomes` in place of a line's own. */
async function retype(page, text, line, becomes) {
  await text.getByText(line).first().click();
  await page.keyboard.press("End");
  await page.keyboard.press("Control+Shift+ArrowLeft");
  await page.keyboard.type(/\w+$/.exec(becomes)[0]);
}

/** The difference is shown before the save; what somebody else changed meanwhile is shown beside it, and both are saved together. */
export async function editYaml(flow, { namespace, name, ...credentials }) {
  const { page } = flow;
  const { t, press } = hands(flow, "yaml");
  const text = page.getByLabel(t("editorOf", { name: `configmaps/${name}` }), { exact: true });
  const review = async (was, becomes) => {
    await press("edit");
    await visible(page.getByRole("button", { name: t("review"), exact: true }));
    await retype(page, text, `colour: ${was}`, becomes);
    await visible(text.getByText(`colour: ${becomes}`));
  };
  const side = (label) => page.getByLabel(t(label), { exact: true });
  const data = async () => (await asked(flow, `/clusters/demo/namespaces/${namespace}/objects/configmaps/${name}`)).data;
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/configmaps/${name}/yaml`);
  await review("green", "blue");
  await press("review");
  await visible(side("now").getByText("green"));
  await visible(side("would").getByText("blue"));
  must((await data()).colour === "green", "it was saved before the difference was seen");
  await flow.look("yaml-difference");
  await press("common.action.save");
  await visible(page.getByText(t("saved"), { exact: true }));
  must((await data()).colour === "blue", "it is not what was saved");
  await review("blue", "red");
  flow.tell("editing");
  await until("somebody else has changed it", async () => (await data()).colour === "yellow");
  await press("review");
  await visible(page.getByText(t("changed"), { exact: true }));
  await visible(page.getByText(t("conflicts", { count: 1 }), { exact: true }));
  await visible(side("theirs").getByText("yellow"));
  await visible(side("mergedEditable").getByText("red"));
  await flow.look("yaml-conflict");
  await page.getByRole("tab", { name: t("theirChange"), exact: true }).click();
  await visible(side("base").getByText("blue"));
  await visible(side("theirs").getByText("yellow"));
  await press("saveMerged");
  await visible(text.getByText("colour: red"));
  const { colour, size } = await data();
  must(colour === "red" && size === "small", `not both were saved together: ${colour}, ${size}`);
}

/** Objects of several kinds, [plural, name, field of its spec, how it was, how it is to be]: each shows the difference, and is saved then. Of the first a fault is refused, and somebody else changes it meanwhile, too. */
export async function editKinds(flow, { namespace, kinds, theirs, ...credentials }) {
  const { page } = flow;
  const { t, press } = hands(flow, "yaml");
  const side = (label) => page.getByLabel(t(label), { exact: true });
  const [[, first]] = kinds;
  await flow.signIn(credentials);
  for (const [plural, name, path, was, becomes] of kinds) {
    const key = path.split(".").at(-1);
    const text = page.getByLabel(t("editorOf", { name: `${plural}/${name}` }), { exact: true });
    const object = () => asked(flow, `/clusters/demo/namespaces/${namespace}/objects/${plural}/${name}`);
    const value = async () => String(path.split(".").reduce((tree, part) => tree?.[part], (await object()).spec));
    const label = async () => (await object()).metadata.labels?.[theirs.label];
    await flow.open(`/business/demo/${namespace}/${plural}/${name}/yaml`);
    await press("edit");
    await text.click();
    await page.keyboard.press("Control+End"); // of a long text the editor draws what is near
    if (name === first) {
      await retype(page, text, `${key}: ${was}`, "many");
      await press("review");
      await visible(page.getByRole("alert"));
      await retype(page, text, `${key}: many`, was);
    }
    await retype(page, text, `${key}: ${was}`, becomes);
    await press("review");
    await visible(side("now").getByText(`${key}: ${was}`));
    await visible(side("would").getByText(`${key}: ${becomes}`));
    must((await value()) === was, `${plural}/${name} was saved before the difference was seen`);
    if (name === first) {
      flow.tell("reviewed");
      await until("somebody else has changed it", async () => (await label()) === theirs.value);
      await press("common.action.save");
      await visible(page.getByText(t("noConflicts"), { exact: true }));
      await visible(side("mergedEditable").getByText(`${key}: ${becomes}`));
      await page.getByRole("tab", { name: t("theirChange"), exact: true }).click();
      await visible(side("theirs").getByText(`${theirs.label}: ${theirs.value}`));
      await page.getByRole("tab", { name: t("myChange"), exact: true }).click();
      await visible(side("base").getByText(`${key}: ${was}`));
      await visible(side("mine").getByText(`${key}: ${becomes}`));
      await flow.look("yaml-merged");
      await press("saveMerged");
    } else await press("common.action.save");
    await visible(page.getByText(t("saved"), { exact: true }));
    must((await value()) === becomes, `${plural}/${name} is not what was saved`);
    if (name === first) must((await label()) === theirs.value, "what somebody else did is lost");
  }
}
