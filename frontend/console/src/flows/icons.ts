/** A sign for each type of step; what is unknown here has the sign of all. */
import {
  ArrowRight,
  BookOpen,
  Bot,
  ClipboardList,
  Clock,
  CornerDownRight,
  Flag,
  GitBranch,
  Headset,
  Languages,
  type LucideIcon,
  Mail,
  MessageCircleQuestion,
  MessageSquare,
  Pencil,
  Plug,
  Radio,
  Route,
  Shield,
  Split,
  StickyNote,
  UserPlus,
  Workflow,
} from "lucide-react";

const ICONS: Record<string, LucideIcon> = {
  message: MessageSquare,
  ask: MessageCircleQuestion,
  form: ClipboardList,
  split: Split,
  emit: Radio,
  language: Languages,
  condition: GitBranch,
  router: Route,
  set: Pencil,
  policy: Shield,
  agent: Bot,
  knowledge: BookOpen,
  http: Plug,
  lead: UserPlus,
  handoff: Headset,
  wait: Clock,
  template: Mail,
  call: CornerDownRight,
  jump: ArrowRight,
  end: Flag,
  note: StickyNote,
};

export function iconOf(type: string): LucideIcon {
  return ICONS[type] ?? Workflow;
}
