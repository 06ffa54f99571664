"""The whole server, taking in only: what an acknowledgement costs when turns run in another process or later."""

import sys
from contextlib import AbstractAsyncContextManager

import server
from agent.runtime import Engine
from api.engine import open_engine
from api.ports import Ports
from api.serving import serve_forever


def main(port: int) -> None:
    """Serve until ended; settings come from the environment, as for the product."""

    def take_in_only(ports: Ports) -> AbstractAsyncContextManager[Engine]:
        return open_engine(ports, works=False)

    settings = server.load_settings()
    server.configure_log(settings)
    serve_forever(settings, open_ports=server.open_ports, open_engine=take_in_only, host="127.0.0.1", port=port)


if __name__ == "__main__":
    main(int(sys.argv[1]))
