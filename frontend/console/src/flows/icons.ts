/** A sign for each type of step; what is unknown here has the sign of all. */
import {
  ArrowRight,
  BookOpen,
  Bot,
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
  Route,
  Shield,
  StickyNote,
  UserPlus,
  Workflow,
} from "lucide-react";

const ICONS: Record<string, LucideIcon> = {
  message: MessageSquare,
  ask: MessageCircleQuestion,
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
