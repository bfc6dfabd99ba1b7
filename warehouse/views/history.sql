-- stock_history, flow_history: current and superseded figures together.
CREATE VIEW stock_history AS
SELECT * FROM stock
UNION ALL BY NAME
SELECT * FROM stock_superseded;

CREATE VIEW flow_history AS
SELECT * FROM flow
UNION ALL BY NAME
SELECT * FROM flow_superseded;

COMMENT ON VIEW stock_history IS 'Stocks of all releases held, current and superseded';
COMMENT ON VIEW flow_history IS 'Flows of all releases held, current and superseded';
