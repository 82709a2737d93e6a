// How every connection of this module begins.
extension AMQPHandle {
    /// Connects and logs in. `watch` can end the attempt from the moment there is a socket.
    static func open(_ configuration: AMQPConfiguration, watch: ConnectionWatch) throws(AMQPError) -> AMQPHandle {
        let handle = try AMQPHandle()
        try handle.connect(configuration)
        watch.attach(handle.descriptor)
        watch.busy()
        try handle.login(configuration)
        watch.busy()
        return handle
    }

    /// Declares everything. Only on a connection without consumers.
    func declare(_ topology: AMQPTopology, on channel: UInt16, watch: ConnectionWatch) throws(AMQPError) {
        for exchange in topology.exchanges {
            try self.declare(exchange, on: channel)
            watch.busy()
        }
        for queue in topology.queues {
            try self.declare(queue, on: channel)
            watch.busy()
        }
        for binding in topology.bindings {
            try self.bind(binding, on: channel)
            watch.busy()
        }
    }
}
