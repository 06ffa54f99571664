/** The kind of a node as a small picture; the word stands beside it or in its title. */
import {
  ArrowRightLeft,
  BookOpen,
  Bot,
  CircleHelp,
  CircleStop,
  Clock3,
  CornerDownRight,
  Equal,
  GitBranch,
  Globe,
  Headset,
  Languages,
  LayoutTemplate,
  type LucideIcon,
  MessageSquare,
  Plug,
  ShieldCheck,
  UserPlus,
} from "lucide-react";

const GLYPHS: Record<string, LucideIcon> = {
  message: MessageSquare,
  ask: CircleHelp,
  language: Languages,
  condition: GitBranch,
  router: ArrowRightLeft,
  set: Equal,
  policy: ShieldCheck,
  agent: Bot,
  knowledge: BookOpen,
  http: Plug,
  lead: UserPlus,
  handoff: Headset,
  wait: Clock3,
  template: LayoutTemplate,
  call: CornerDownRight,
  jump: CornerDownRight,
  end: CircleStop,
};

export function NodeGlyph({ type, size = 14 }: { type: string | null; size?: number }) {
  const Icon = GLYPHS[type ?? ""] ?? Globe;
  return <Icon size={size} strokeWidth={1.9} aria-hidden="true" />;
}
