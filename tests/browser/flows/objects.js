// SPDX-License-Identifier: Apache-2.0
// Config, secrets, services, ingresses and claims: made, edited and deleted by their forms.
import { asked, gone, hands, has, must, until, visible } from "../steps.js";

const HIDDEN = "••••••••";
const TEXT_FILE = "listen = 密钥 # 🔑\r\nlast = line without an end";
const BINARY_FILE = Buffer.from([0, 255, 216, 10]);
const TLS_FILES = ["certificate", "key"].map((what) => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`);

/** The namespace's list of a kind, and its form. */
function kind(flow, namespace, plural) {
  const { page } = flow;
  const h = hands(flow, "business");
  const { t, press, heading, field, listed, act, dialog, confirm } = h;
  return {
    ...h,
    at: (rest = "") => `/business/demo/${namespace}/${plural}${rest}`,
    async begin(name) {
      await flow.open(`/business/demo/${namespace}/${plural}`);
      await press("list.create", page, { kind: t(`kind.${plural}`) });
      await heading(t("list.create", { kind: t(`kind.${plural}`) }));
      await field("common.table.name").fill(name);
    },
    made: async (name) => {
      await page.waitForURL(new RegExp(`/${plural}/${name}$`));
      await heading(name);
    },
    /** By the menu of its row; it goes from the list by itself. */
    async remove(name) {
      await flow.open(`/business/demo/${namespace}/${plural}`);
      await act(name, "common.action.delete");
      await visible(dialog.getByText(t(plural === "persistentvolumeclaims" ? "remove.claim" : "remove.ask")));
      await confirm();
      await gone(listed(name));
    },
  };
}

/** A ConfigMap and a Secret: the form's rules, who uses one and that it is not simply deleted, values that are shown on request alone. */
export async function configForms(flow, { namespace, used, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  const config = kind(flow, namespace, "configmaps");
  const { t, press, field, button, submit, tab, dialog, choose } = config;
  await config.begin("made");
  await field("form.key").fill("app.conf");
  await field("form.value").fill("x=1");
  await press("config.addKey");
  await field("form.key").last().fill("app.conf");
  await visible(page.getByText(t("config.keyTwice")));
  await field("form.key").last().fill("not a key");
  await visible(page.getByText(t("config.keyRule")));
  await field("form.key").last().fill("extra");
  await choose(field("common.place.namespace"), t("common.place.allNamespaces"));
  await page.waitForURL(/\/-\/new\/configmaps/);
  has(await field("form.value").first().inputValue(), "x=1", "what is filled in goes along to another place");
  await page.goBack();
  await page.waitForURL((at) => at.pathname.includes(`/${namespace}/new/configmaps`));
  await submit();
  await config.made("made");
  await visible(page.getByText("x=1", { exact: true }));
  await press("common.action.edit");
  await field("form.value").first().fill("x=2");
  await submit("common.action.save");
  await config.made("made");
  await visible(page.getByText("x=2", { exact: true }));
  await flow.open(config.at(`/${used}/used-by`));
  await visible(page.getByRole("link", { name: "Deployment/user", exact: true }));
  await press("common.action.delete");
  await visible(dialog.getByText(t("remove.used")));
  must(await button("common.action.delete", dialog).isDisabled(), "what is in use is deleted without a question");
  await flow.look("config-in-use");
  await press("common.action.cancel", dialog);
  await config.remove("made");

  const secret = kind(flow, namespace, "secrets");
  await secret.begin("made");
  await field("form.key").fill("password");
  await field("form.value").fill("hush-hush");
  await submit();
  await secret.made("made");
  await visible(page.getByText(HIDDEN));
  must((await page.getByText("hush-hush").count()) === 0, "a value is shown that nobody asked for");
  await press("secret.reveal");
  await visible(page.getByText("hush-hush"));
  await press("secret.hide");
  await gone(page.getByText("hush-hush"));
  await page.getByRole("tab", { name: "YAML", exact: true }).click();
  await visible(page.getByLabel(t("yaml.editorOf", { name: "secrets/made" })).getByText("password"));
  must((await page.getByText(/hush-hush|aHVzaC1odXNo/).count()) === 0, "its YAML has the value");
  await press("common.action.edit");
  await visible(page.getByText(t("secret.hidden")));
  await press("secret.replace");
  await field("form.value").fill("new");
  await submit("common.action.save");
  await secret.made("made");
  await press("secret.reveal");
  await visible(page.getByText("new", { exact: true }));
  await secret.remove("made");
  await press("secret.createPull");
  for (const [key, text] of [
    ["common.table.name", "pull-made"],
    ["secret.registry", "registry.example:5000"],
    ["secret.user", "puller"],
    ["secret.password", "pull-word"],
  ]) {
    await field(key).fill(text);
  }
  await flow.look("pull-secret-form");
  await press("common.action.create");
  await secret.made("pull-made");
  await visible(page.getByText("kubernetes.io/dockerconfigjson"));
  await secret.remove("pull-made");
}

/** A ConfigMap of files, several at once and one that is no text: it holds them byte for byte, also after another key was changed. */
export async function configFiles(flow, { namespace, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  const config = kind(flow, namespace, "configmaps");
  const { t, press, field, submit } = config;
  const choose = async (...files) => {
    const chooser = page.waitForEvent("filechooser");
    await press("config.fromFile");
    await (await chooser).setFiles(files.map(([name, buffer]) => ({ name, buffer, mimeType: "application/octet-stream" })));
  };
  const holds = async (data) => {
    const object = await asked(flow, `/clusters/demo/namespaces/${namespace}/objects/configmaps/of-files`);
    has(object, { data, binaryData: { "logo.bin": BINARY_FILE.toString("base64") } }, "the ConfigMap");
    const keys = [...Object.keys(object.data), ...Object.keys(object.binaryData)];
    must(keys.sort().join() === [...Object.keys(data), "logo.bin"].sort().join(), `it has other keys: ${keys}`);
  };
  await config.begin("of-files");
  await choose(["huge.txt", Buffer.alloc((1 << 20) + 1, "x")]);
  await visible(page.getByText(t("config.tooLarge", { name: "huge.txt" }), { exact: true }));
  await choose(["app.conf", Buffer.from(TEXT_FILE)], ["logo.bin", BINARY_FILE]);
  const keys = () => field("form.key").evaluateAll((inputs) => inputs.map(({ value }) => value));
  await until("each file is a key, and nothing else is", async () => (await keys()).sort().join() === "app.conf,logo.bin");
  await visible(page.getByText(t("config.binary"), { exact: true }));
  await press("config.addKey");
  await field("form.key").last().fill("note");
  await field("form.value").last().fill("by hand");
  await flow.look("config-of-files");
  await submit();
  await config.made("of-files");
  await visible(page.getByText("last = line without an end"));
  await visible(page.getByText(t("config.binary"), { exact: true }));
  await holds({ "app.conf": TEXT_FILE, note: "by hand" });
  await press("common.action.edit");
  await field("form.value").last().fill("changed");
  await submit("common.action.save");
  await config.made("of-files");
  await holds({ "app.conf": TEXT_FILE, note: "changed" });
  await config.remove("of-files");
}

/** A certificate by the form of Secrets; gives its name. */
async function certificate(flow, namespace, name) {
  const { page } = flow;
  const secret = kind(flow, namespace, "secrets");
  const { t, field, choose, submit } = secret;
  await secret.begin(name);
  await choose(field("secret.type"), "kubernetes.io/tls");
  await until("the type has its keys", async () => (await field("form.key").count()) === 2);
  for (const [at, key] of ["tls.crt", "tls.key"].entries()) {
    must((await field("form.key").nth(at).inputValue()) === key, `the type does not ask for ${key}`);
    await field("form.value").nth(at).fill(TLS_FILES[at]);
  }
  await submit();
  await secret.made(name);
  await visible(page.getByText(t("secret.type"), { exact: true }));
  return secret;
}

/** A Service and an Ingress to it: made, edited, with a certificate, who uses which, and deleted in the order that this asks for. */
export async function networkForms(flow, { namespace, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  const service = kind(flow, namespace, "services");
  const { t, press, field, button, submit, tab, dialog, choose, listed } = service;
  await service.begin("front");
  await press("wizard.addLabel");
  await field("form.key").fill("app");
  await field("form.value").fill("user");
  await field("access.port").fill("80");
  await field("wizard.containerPort").fill("8080");
  await submit();
  await service.made("front");
  await visible(page.getByText(`front.${namespace}.svc.cluster.local`));
  await tab("tab.usedBy");
  await visible(page.getByRole("link", { name: "Deployment/user", exact: true }));
  await press("common.action.edit");
  await choose(field("service.type"), "NodePort");
  await submit("common.action.save");
  await service.made("front");
  await visible(page.getByText("NodePort", { exact: true }));
  const { spec } = await asked(flow, `/clusters/demo/namespaces/${namespace}/objects/services/front`);
  must(spec.type === "NodePort" && spec.ports[0].nodePort >= 30000 && spec.selector.app === "user", `the Service is another: ${JSON.stringify(spec)}`);
  await visible(page.getByText(String(spec.ports[0].nodePort), { exact: true }));

  const secret = await certificate(flow, namespace, "front-cert");
  const ingress = kind(flow, namespace, "ingresses");
  await ingress.begin("way");
  await field("ingress.host").fill("Not a host");
  await visible(page.getByText(t("ingress.hostRule")));
  await field("ingress.host").fill("front.example");
  await field("access.service").fill("front");
  await field("access.port").fill("80");
  await press("ingress.addTls");
  for (const host of ["front.example", "www.front.example"]) {
    await field("network.hostnames").last().fill(host);
    await page.keyboard.press("Enter");
  }
  await field("ingress.certificate").fill("front-c");
  await page.locator(".ant-select-dropdown:visible").getByTitle("front-cert", { exact: true }).click();
  await flow.look("ingress-form");
  await submit();
  await ingress.made("way");
  await visible(page.getByText("front.example, www.front.example", { exact: true }));
  const { tls } = (await asked(flow, `/clusters/demo/namespaces/${namespace}/objects/ingresses/way`)).spec;
  must(tls.length === 1, `it has several certificates: ${JSON.stringify(tls)}`);
  has(tls[0], { hosts: ["front.example", "www.front.example"], secretName: "front-cert" }, "its certificate");
  await visible(page.getByRole("link", { name: "Service/front", exact: true }));
  await flow.open(ingress.at());
  await visible(listed("way").getByText("front.example/ → front:80"));
  await flow.open(service.at("/front/used-by"));
  await visible(page.getByRole("link", { name: "Ingress/way", exact: true }));
  await press("common.action.delete");
  await visible(dialog.getByText(t("remove.used")));
  must(await button("common.action.delete", dialog).isDisabled(), "what an Ingress leads to is deleted without a question");
  await press("common.action.cancel", dialog);
  await flow.open(secret.at("/front-cert/used-by"));
  await visible(page.getByRole("link", { name: "Ingress/way", exact: true }));
  await ingress.remove("way");
  await service.remove("front");
  await secret.remove("front-cert");
}

/** A claim: its class says which modes it offers and that it does not grow, or grows; it is listed, and deleted. One of one node keeps its Deployment at one pod. */
export async function claimForms(flow, { namespace, storageClass, holder, held, growing, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  const claim = kind(flow, namespace, "persistentvolumeclaims");
  const { t, press, field, submit, listed, act, button, dialog } = claim;
  await claim.begin("files");
  await field("claim.class").click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: storageClass }).click();
  await field("claim.size").fill("1 GB");
  await visible(page.getByText(t("form.quantityRule")));
  await field("claim.size").fill("1Gi");
  must(await page.getByRole("radio", { name: t("mode.ReadOnlyMany") }).isDisabled(), "a mode can be chosen that the class does not offer");
  await page.getByRole("radio", { name: t("mode.ReadWriteMany") }).check();
  await flow.look("claim-form");
  await submit();
  await claim.made("files");
  await visible(page.getByText(t("mode.ReadWriteMany")));
  await press("common.action.edit");
  await visible(page.getByText(t("claim.fixed", { name: storageClass })));
  must(await field("claim.size").isDisabled(), "a claim grows that cannot");
  await flow.open(claim.at());
  await visible(listed("files").getByText("Pending", { exact: true }));
  await visible(listed("files").getByText(storageClass, { exact: true }));
  await claim.remove("files");
  await visible(listed(growing).getByText("Bound", { exact: true }));
  await act(growing, "common.action.edit");
  await field("claim.size").fill("500Mi");
  await visible(page.getByText(t("claim.shrink", { size: "1Gi" }), { exact: true }));
  await field("claim.size").fill("2Gi");
  await submit("common.action.save");
  await claim.made(growing);
  await visible(page.getByText("2Gi", { exact: true }));
  const { spec } = await asked(flow, `/clusters/demo/namespaces/${namespace}/objects/persistentvolumeclaims/${growing}`);
  must(spec.resources.requests.storage === "2Gi", `it has not grown: ${JSON.stringify(spec)}`);
  await flow.open(`/business/demo/${namespace}/deployments`);
  await act(holder, "action.scale");
  await field("workload.replicas", dialog).fill("2");
  await visible(dialog.getByText(held));
  must(await button("action.scale", dialog).isDisabled(), "a Deployment with a claim of one node is scaled");
  await press("common.action.cancel", dialog);
  await gone(dialog);
  await flow.open(claim.at());
  await act(held, "common.action.delete");
  await visible(dialog.getByText(t("remove.never")).or(dialog.getByText(t("remove.used"))));
  await visible(dialog.getByRole("link", { name: `Deployment/${holder}`, exact: true }));
  must(await button("action.delete", dialog).isDisabled(), "a claim in use is deleted without a question");
  await press("common.action.cancel", dialog);
}
