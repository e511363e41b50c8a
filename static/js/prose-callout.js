/* Callouts in the guide editor: a box with a title, which is the kind's name by default. The kinds are those of articles/markup.py. */
import { Node, mergeAttributes } from "django-prose-editor/editor"

export const CalloutTitle = Node.create({
  name: "calloutTitle",
  content: "text*",
  marks: "",
  defining: true,
  selectable: false,
  parseHTML: () => [{ tag: "p.callout-title", priority: 100 }],
  renderHTML: () => ["p", { class: "callout-title" }, 0],
})

export const Callout = Node.create({
  name: "callout",
  group: "block",
  content: "calloutTitle? block+",
  defining: true,
  addOptions: () => ({ kinds: {} }),
  onBeforeCreate() {
    // The editor adds a style element, which the CSP allows with the page's nonce.
    this.editor.options.injectNonce = document.querySelector("script[type=importmap]")?.nonce
  },
  onCreate() {
    const field = this.editor.view.dom.closest(".prose-editor")?.querySelector("textarea")
    const label = field && document.querySelector(`label[for="${field.id}"]`)
    if (label) this.editor.view.dom.setAttribute("aria-label", label.textContent.replace(":", "").trim())
  },
  addAttributes() {
    const kinds = Object.keys(this.options.kinds)
    return {
      kind: {
        default: "good-to-know",
        parseHTML: (element) => kinds.find((kind) => element.classList.contains(`callout-${kind}`)) || "good-to-know",
        renderHTML: ({ kind }) => ({ class: `callout callout-${kind}` }),
      },
    }
  },
  parseHTML: () => [{ tag: "aside" }],
  renderHTML: ({ HTMLAttributes }) => ["aside", mergeAttributes(HTMLAttributes), 0],
  addCommands() {
    const { kinds } = this.options
    return {
      toggleCallout: (kind) =>
        ({ editor, commands }) => {
          if (!editor.isActive("callout")) {
            return commands.insertContent({
              type: "callout",
              attrs: { kind },
              content: [{ type: "calloutTitle", content: [{ type: "text", text: kinds[kind] }] }, { type: "paragraph" }],
            })
          }
          return editor.isActive("callout", { kind }) ? commands.lift("callout") : commands.updateAttributes("callout", { kind })
        },
    }
  },
  addMenuItems({ buttons, menu }) {
    for (const [kind, title] of Object.entries(this.options.kinds)) {
      menu.defineItem({
        name: `callout:${kind}`,
        groups: "nodes",
        button: buttons.text(title, title),
        command: (editor) => editor.chain().focus().toggleCallout(kind).run(),
        active: (editor) => editor.isActive("callout", { kind }),
      })
    }
  },
})
