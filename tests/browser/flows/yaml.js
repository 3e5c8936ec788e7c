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
`;

/** Files are dropped on the page; what is wrong is said where it stands, what would fail is not applied but on request, and is taken back. */
export async function importYaml(flow, { namespace, ...credentials }) {
  const { page } = flow;
  const { t, press, button } = hands(flow, "yaml");
  const editor = page.getByLabel(t("import.editor"), { exact: true });
  const drop = async (name, text) => {
    const files = await page.evaluateHandle(
      ([as, what]) => {
        const carried = new DataTransfer();
        carried.items.add(new File([what], as, { type: "application/yaml" }));
        return carried;
      },
      [name, text],
    );
    await editor.dispatchEvent("dragover", { dataTransfer: files });
    await visible(page.getByText(t("import.drop"), { exact: true }));
    await editor.dispatchEvent("drop", { dataTransfer: files });
  };
  const object = (name) => page.getByRole("row").filter({ hasText: name });
  const there = async () => (await asked(flow, `/clusters/demo/configmaps?namespace=${namespace}&limit=500`)).items.some(({ name }) => name === "yaml-one");
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/yaml`);
  await drop("faulty.yaml", FAULTY);
  await press("import.check");
  const place = page.getByRole("button", { name: new RegExp(`^${t("import.place", { line: 6, column: "\\d+" })}: `) });
  await visible(place);
  await flow.look("yaml-fault");
  await place.click();
  await visible(page.locator(".cm-activeLineGutter").getByText("6", { exact: true }));
  await press("import.clear");
  await drop("half-good.yaml", HALF_GOOD);
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
  await drop("good.yaml", GOOD);
  await press("import.apply");
  await visible(page.getByText(t("import.applied"), { exact: true }));
  await object("ConfigMap/yaml-one").getByRole("link", { name: "ConfigMap/yaml-one" }).click();
  await page.waitForURL(/\/configmaps\/yaml-one$/);
}

/** The difference is shown before the save; what somebody else changed meanwhile is shown beside it, and both are saved together. */
export async function editYaml(flow, { namespace, name, ...credentials }) {
  const { page } = flow;
  const { t, press } = hands(flow, "yaml");
  const text = page.getByLabel(t("editorOf", { name: `configmaps/${name}` }), { exact: true });
  const review = async (was, becomes) => {
    await press("edit");
    await visible(page.getByRole("button", { name: t("review"), exact: true }));
    await text.getByText(`colour: ${was}`).click();
    await page.keyboard.press("End");
    await page.keyboard.press("Control+Shift+ArrowLeft");
    await page.keyboard.type(becomes);
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
