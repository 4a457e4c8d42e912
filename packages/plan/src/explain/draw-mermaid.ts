/** A chart of boxes and arrows; what a node is called inside of it is its own matter. */
export interface Diagram {
  readonly nodes: readonly DiagramNode[]
  readonly edges: readonly DiagramEdge[]
}

export interface DiagramNode {
  readonly id: string
  readonly label: string
  readonly shape: keyof typeof SHAPES
  /** Nodes of one group stand in one frame under its name. */
  readonly group?: string
}

export interface DiagramEdge {
  readonly from: string
  readonly to: string
  readonly label?: string
  readonly isDotted?: boolean
}

const SHAPES = {
  box: ['["', '"]'],
  cylinder: ['[("', '")]'],
  slanted: ['[/"', '"/]'],
  round: ['(["', '"])'],
} as const

/** The diagram as a Mermaid flowchart, in the order given. Edges of nodes that are not there are left out. */
export function drawMermaid({ nodes, edges }: Diagram): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]))
  const draw = (node: DiagramNode): string => {
    const [open, close] = SHAPES[node.shape]
    return `${names.get(node.id) ?? ''}${open}${escape(node.label)}${close}`
  }
  const groups = new Map<string | undefined, DiagramNode[]>()
  for (const node of nodes) {
    const members = groups.get(node.group)
    if (members === undefined) groups.set(node.group, [node])
    else members.push(node)
  }
  const lines = ['flowchart LR']
  let frames = 0
  for (const [group, members] of groups) {
    if (group === undefined) lines.push(...members.map((node) => `  ${draw(node)}`))
    else {
      lines.push(`  subgraph g${frames}["${escape(group)}"]`)
      lines.push(...members.map((node) => `    ${draw(node)}`), '  end')
      frames += 1
    }
  }
  for (const { from, to, label, isDotted } of edges) {
    const [left, right] = [names.get(from), names.get(to)]
    if (left === undefined || right === undefined) continue
    const text = label === undefined ? '' : `|"${escape(label)}"|`
    lines.push(`  ${left} ${isDotted === true ? '-.->' : '-->'}${text} ${right}`)
  }
  return `${lines.join('\n')}\n`
}

/** Mermaid reads `#…;` as the code of a character; nothing else can end a quoted label. */
function escape(text: string): string {
  return text
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replace(/\s+/g, ' ')
}
