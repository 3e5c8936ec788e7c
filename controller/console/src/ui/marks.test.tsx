// SPDX-License-Identifier: Apache-2.0
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { Form, type FormInstance, Input } from "antd";
import { describe, expect, it } from "vitest";
import i18n from "../i18n";
import { FormDialog } from "./FormDialog";
import { draw, drawsPages } from "./harness";
import { mark, markRefusal, unmark } from "./marks";

const refused = (more: object) => ({ type: "urn:slipway:problem:invalid", title: "", status: 422, detail: "no", requestId: "", ...more });

let form: FormInstance;
function Fields() {
  [form] = Form.useForm();
  return (
    <Form form={form} initialValues={{ name: "x", rows: [{ name: "a", port: "1" }] }} onValuesChange={(changed) => unmark(form, changed)}>
      <Form.Item name="name" label="Name">
        <Input />
      </Form.Item>
      <Form.Item name={["quota", "cpu"]} label="CPU">
        <Input />
      </Form.Item>
      <Form.List name="rows">
        {(fields, _, { errors }) => (
          <>
            {fields.map(({ key, name }) => (
              <div key={key}>
                <Form.Item name={[name, "name"]} label="Row">
                  <Input />
                </Form.Item>
                <Form.Item name={[name, "port"]} label="Port">
                  <Input />
                </Form.Item>
              </div>
            ))}
            <Form.ErrorList errors={errors} />
          </>
        )}
      </Form.List>
    </Form>
  );
}

drawsPages();

const amiss = (label: string) => screen.getByLabelText(label).getAttribute("aria-invalid") === "true";

describe("what a server refused", () => {
  it("is said at the fields that it names, and the first of the form is gone to", async () => {
    draw(<Fields />);
    let first: unknown;
    act(() => {
      first = mark(form, [
        { place: ["rows", 0, "port"], words: "it is taken" },
        { place: ["quota", "cpu"], words: "2 are left" },
        { place: ["nowhere"], words: "lost" },
      ]);
    });
    expect(first).toEqual(["quota", "cpu"]);
    await screen.findByText("it is taken");
    await screen.findByText("2 are left");
    expect([amiss("Name"), amiss("CPU"), amiss("Port")]).toEqual([false, true, true]);
    expect(screen.queryByText("lost")).toBeNull();
  });

  it("is said as near as the form comes to the field", () => {
    draw(<Fields />);
    const near = (place: (string | number)[]) => {
      let found: unknown;
      act(() => {
        found = mark(form, [{ place, words: "no" }]);
      });
      return found;
    };
    expect(near(["rows", 0, "source"])).toEqual(["rows", 0, "name"]); // of what the form only keeps
    expect(near(["quota"])).toEqual(["quota", "cpu"]); // of a group
    expect(near(["name", 3])).toEqual(["name"]); // of a part of it
    expect(near(["rows"])).toEqual(["rows"]); // of a list as a whole
    expect(near(["force"])).toBeUndefined();
  });

  it("goes away when somebody changes the field, and only there", async () => {
    draw(<Fields />);
    act(() => markRefusal(form, refused({ field: "quota.cpu" })));
    act(() => void mark(form, [{ place: ["rows", 0, "port"], words: "it is taken" }]));
    await waitFor(() => expect([amiss("CPU"), amiss("Port")]).toEqual([true, true]));
    fireEvent.change(screen.getByLabelText("Port"), { target: { value: "2" } });
    await waitFor(() => expect([amiss("CPU"), amiss("Port")]).toEqual([true, false]));
    expect(document.activeElement).toBe(screen.getByLabelText("CPU"));
  });

  it("stands at the fields of a dialog, and the rest in it", async () => {
    const send = () => Promise.reject(refused({ field: "metadata.name", detail: "there is one already" }));
    draw(
      <FormDialog<{ name: string }, void>
        open
        close={() => {}}
        title="New"
        initial={{ name: "x" }}
        send={send}
        placeOf={(field) => [field.replace("metadata.", "")]}
      >
        <Form.Item name="name" label="Name">
          <Input />
        </Form.Item>
      </FormDialog>,
    );
    fireEvent.click(screen.getByRole("button", { name: i18n.t("action.save") }));
    await waitFor(() => expect(amiss("Name")).toBe(true));
    expect(screen.getByRole("alert", { name: "" }).textContent).toContain("there is one already");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Name")));
  });
});
