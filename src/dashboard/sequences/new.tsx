/** Knows the form by which a sequence is made. */
import { Input, TextArea, Trouble } from "../kit/fields";
import type { Faulty } from "../kit/page";
import { Do, Form, Head } from "../kit/parts";

export function NewSequence({ faulty }: { faulty?: Faulty | undefined }) {
  return (
    <>
      <Head title="New sequence" crumbs={[["Sequences", "/"]]} />
      <section class="card narrow">
        <Trouble faulty={faulty} fields={["name", "description"]} />
        <Form to="/sequences">
          <Input
            name="name"
            label="Name"
            required
            faulty={faulty}
            hint="Only your team sees it."
            more={{ maxlength: 255, autofocus: true }}
          />
          <TextArea
            name="description"
            label="What is it for? (may be left empty)"
            faulty={faulty}
            more={{ rows: 3, maxlength: 1024 }}
          />
          <button class="primary">Make it, and add steps</button>
        </Form>
      </section>
      <section class="card narrow">
        <h2>Not sure where to begin?</h2>
        <p>A sample has a welcome, a wait, a question whether it was opened, and follow-ups for both answers.</p>
        <Do to="/sequences/sample">Start from a sample</Do>
      </section>
    </>
  );
}
